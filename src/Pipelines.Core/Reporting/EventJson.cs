using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>The JSON of one event, the same in <c>events.jsonl</c> and with <c>--output json</c>: <c>at</c> and <c>event</c> first, then what the event holds. Durations are seconds.</summary>
internal static class EventJson
{
    public static void Write(JsonText json, RunEvent runEvent)
    {
        json.WriteStartObject();
        json.WriteString("at", runEvent.At);
        switch (runEvent)
        {
            case RunEvent.RunStarted started:
                json.WriteString("event", "run-started");
                WriteRun(json, started.Run);
                json.WriteStartArray("stages");
                foreach (PlannedStage stage in started.Plan.Stages)
                    PlanJson.WriteStage(json, stage);
                json.WriteEndArray();
                break;
            case RunEvent.StageStarted started:
                WriteHead(json, "stage-started", started.Stage);
                break;
            case RunEvent.StageLogged logged:
                WriteHead(json, "log", logged.Stage);
                json.WriteString("level", Level(logged.Level));
                json.WriteString("text", logged.Text);
                break;
            case RunEvent.StageRetrying retrying:
                WriteHead(json, "stage-retrying", retrying.Stage);
                json.WriteNumber("attempt", retrying.Attempt);
                json.WriteNumber("maxAttempts", retrying.MaxAttempts);
                Seconds(json, "delay", retrying.Delay);
                WriteFailure(json, retrying.Failure);
                break;
            case RunEvent.StageReported reported:
                WriteHead(json, "stage-reported", reported.Stage);
                WriteReport(json, reported.Report);
                break;
            case RunEvent.StageEnded ended:
                WriteHead(json, "stage-ended", ended.Stage);
                WriteOutcome(json, ended.Outcome);
                Seconds(json, "duration", ended.Duration);
                break;
            case RunEvent.UndoStarted undo:
                WriteHead(json, "undo-started", undo.Stage);
                json.WriteString("because", undo.Because);
                break;
            case RunEvent.UndoEnded undo:
                json.WriteString("event", "undo-ended");
                WriteUndo(json, undo.Result);
                break;
            case RunEvent.RunWarning warning:
                json.WriteString("event", "warning");
                json.WriteString("text", warning.Text);
                break;
            case RunEvent.RunEnded ended:
                json.WriteString("event", "run-ended");
                WriteResult(json, ended.Result);
                break;
        }

        json.WriteEndObject();
    }

    private static void Seconds(JsonText json, string name, TimeSpan value) => json.WriteNumber(name, Math.Round(value.TotalSeconds, 3));

    private static void WriteHead(JsonText json, string name, PlannedStage stage)
    {
        json.WriteString("event", name);
        json.WriteString("stage", stage.Name);
    }

    private static void WriteRun(JsonText json, RunInfo run)
    {
        json.WriteStartObject("run");
        json.WriteString("id", run.Id);
        json.WriteString("pipeline", run.Pipeline);
        json.WriteString("mode", run.Mode == RunMode.Live ? "live" : "sandbox");
        json.WriteString("host", run.Host);
        json.WriteBoolean("ci", run.IsCi);
        json.WriteString("buildUrl", run.BuildUrl?.AbsoluteUri);
        if (run.PullRequest is { } number)
            json.WriteNumber("pullRequest", number);
        json.WriteString("actor", run.Actor);
        json.WriteString("commit", run.Source?.Commit);
        json.WriteString("branch", run.Source?.Branch);
        json.WriteString("tag", run.Source?.Tag);
        json.WriteEndObject();
    }

    private static void WriteFailure(JsonText json, Failure failure)
    {
        json.WriteStartObject("failure");
        json.WriteString("what", failure.What);
        json.WriteString("evidence", failure.Evidence);
        json.WriteString("advice", failure.Advice);
        json.WriteString("type", failure.ErrorType);
        json.WriteString("kind", failure.Kind switch { FailureKind.Usage => "usage", FailureKind.MissingPrerequisite => "missing", _ => "failed" });
        json.WriteEndObject();
    }

    private static void WriteReport(JsonText json, StageReport report)
    {
        switch (report)
        {
            case StageReport.Fact fact:
                json.WriteStartObject("fact");
                json.WriteString("name", fact.Name);
                json.WriteString("value", fact.Value);
                json.WriteEndObject();
                break;
            case StageReport.Tests tests:
                json.WriteStartObject("tests");
                json.WriteNumber("passed", tests.Results.Passed);
                json.WriteNumber("failed", tests.Results.Failed);
                json.WriteNumber("skipped", tests.Results.Skipped);
                Seconds(json, "duration", tests.Results.Duration);
                if (tests.Results.Coverage is { } coverage)
                    json.WriteNumber("coverage", coverage);
                json.WriteStartArray("failures");
                foreach (TestFailure failure in tests.Results.Failures)
                {
                    json.WriteStartObject();
                    json.WriteString("name", failure.Name);
                    json.WriteString("message", failure.Message);
                    json.WriteString("details", failure.Details);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case StageReport.Scan scan:
                json.WriteStartObject("scan");
                json.WriteString("scanner", scan.Result.Scanner);
                json.WriteBoolean("simulated", scan.Result.Simulated);
                json.WriteNumber("blocking", scan.Result.Blocking.Count);
                json.WriteNumber("ignored", scan.Result.Ignored.Count);
                json.WriteStartArray("findings");
                foreach (Finding finding in scan.Result.Findings)
                {
                    json.WriteStartObject();
                    json.WriteString("id", finding.Id);
                    json.WriteString("severity", Words.Severity(finding.Severity));
                    json.WriteString("package", finding.Package);
                    json.WriteString("installed", finding.InstalledVersion);
                    json.WriteString("fixed", finding.FixedVersion);
                    json.WriteString("title", finding.Title);
                    json.WriteString("target", finding.Target);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
                json.WriteEndObject();
                break;
            case StageReport.Measured measured:
                json.WriteStartObject("measurement");
                json.WriteString("metric", measured.Metric);
                AnalysisJson.Fields(json, measured.Measurement);
                json.WriteEndObject();
                break;
            case StageReport.Analysis analysis:
                AnalysisJson.Write(json, analysis.Result);
                break;
        }
    }

    private static void WriteOutcome(JsonText json, StageOutcome outcome)
    {
        json.WriteString("outcome", outcome.Word);
        switch (outcome)
        {
            case StageOutcome.Failed failed:
                WriteFailure(json, failed.Failure);
                break;
            case StageOutcome.TimedOut timedOut:
                Seconds(json, "limit", timedOut.Limit);
                WriteFailure(json, timedOut.Failure);
                break;
            case StageOutcome.Skipped skipped:
                json.WriteString("cause", skipped.Cause.ToString());
                break;
        }
    }

    private static void WriteUndo(JsonText json, UndoResult undo)
    {
        json.WriteString("stage", undo.Stage);
        json.WriteString("because", undo.Because);
        if (undo.Report is { } report)
        {
            json.WriteBoolean("changed", report.Changed);
            json.WriteString("summary", report.Summary);
        }

        if (undo.Failure is { } failure)
            WriteFailure(json, failure);
        Seconds(json, "duration", undo.Duration);
    }

    private static void WriteResult(JsonText json, RunResult result)
    {
        json.WriteString("status", result.Status switch { RunStatus.Succeeded => "succeeded", RunStatus.Cancelled => "cancelled", _ => "failed" });
        json.WriteNumber("exitCode", result.ExitCode);
        Seconds(json, "duration", result.Duration);
        json.WriteStartArray("stages");
        foreach (StageResult stage in result.Stages)
        {
            json.WriteStartObject();
            json.WriteString("stage", stage.Stage.Name);
            WriteOutcome(json, stage.Outcome);
            if (stage.StartedAt is { } started)
                json.WriteString("startedAt", started);
            Seconds(json, "duration", stage.Duration);
            json.WriteNumber("attempts", stage.Attempts);
            json.WriteNumber("criticalShare", Math.Round(stage.CriticalShare, 4));
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("undos");
        foreach (UndoResult undo in result.Undos)
        {
            json.WriteStartObject();
            WriteUndo(json, undo);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static string Level(LogLevel level) => level switch { LogLevel.Info => "info", LogLevel.Warning => "warning", LogLevel.Error => "error", _ => "output" };
}
