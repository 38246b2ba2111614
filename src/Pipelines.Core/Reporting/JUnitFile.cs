using System.Globalization;
using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>
/// Writes <c>junit.xml</c>: one suite for the stages themselves, and one for each stage that reported tests. The form is the one Jenkins, GitLab and GitHub
/// actions read (testsuites/testsuite/testcase with failure, error, skipped).
/// </summary>
internal sealed class JUnitFile(string directory) : IRunObserver
{
    private readonly RunRecord _record = new();
    private Task? _writing;

    public void OnEvent(RunEvent runEvent)
    {
        if (_writing is not null)
            return; // what comes after the end, such as a warning about another report, is for the console
        _record.Apply(runEvent);
        if (runEvent is RunEvent.RunEnded)
            _writing = Task.Run(() => ReportFile.Write(Path.Combine(directory, "junit.xml"), Compose()));
    }

    /// <summary>Waits for the file, which is written beside the other reports.</summary>
    public Task CompleteAsync(CancellationToken cancellationToken) => ReportFile.Written(_writing);

    private StringBuilder Compose()
    {
        var xml = new StringBuilder(1024);
        xml.Append("<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<testsuites").Attribute("name", _record.Plan!.Name).Attribute("time", Seconds(_record.Result!.Duration)).Append(">\n");
        Stages(xml);
        foreach (StageRecord stage in _record.Stages)
            foreach (TestResults tests in stage.Tests)
                Suite(xml, stage, tests);
        return xml.Append("</testsuites>\n");
    }

    private void Stages(StringBuilder xml)
    {
        int failed = _record.Stages.Count(stage => stage.Failure is not null);
        int skipped = _record.Stages.Count(stage => stage.Outcome is StageOutcome.Skipped or StageOutcome.Cancelled or null);
        xml.Append("  <testsuite").Attribute("name", _record.Plan!.Name + " stages").Attribute("tests", Amounts.Number(_record.Stages.Count)).Attribute("failures", Amounts.Number(failed))
            .Attribute("errors", "0").Attribute("skipped", Amounts.Number(skipped)).Attribute("time", Seconds(_record.Result!.Duration))
            .Attribute("timestamp", _record.Result.StartedAt.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ss", CultureInfo.InvariantCulture)).Append(">\n");
        foreach (StageRecord stage in _record.Stages)
        {
            xml.Append("    <testcase").Attribute("name", stage.Name).Attribute("classname", _record.Plan.Name).Attribute("time", Seconds(stage.Duration));
            if (stage.Failure is { } failure)
            {
                xml.Append(">\n      <failure").Attribute("message", LogText.Line(failure.What)).Attribute("type", failure.ErrorType).Append('>').Escaped(failure.ToString()).Append("</failure>\n");
                if (stage.Undo is { } undo)
                    xml.Append("      <system-out>").Escaped(undo.Report?.Summary ?? undo.Failure!.ToString()).Append("</system-out>\n");
                xml.Append("    </testcase>\n");
            }
            else if (stage.Outcome is StageOutcome.Skipped or StageOutcome.Cancelled or null)
            {
                xml.Append(">\n      <skipped").Attribute("message", stage.SkippedBecause ?? stage.Outcome?.Word ?? "never ended").Append("/>\n    </testcase>\n");
            }
            else if (stage.Undo is { } undone)
            {
                xml.Append(">\n      <system-out>").Escaped(undone.Failure is null ? "undone: " + undone.Report?.Summary : "undo failed: " + undone.Failure).Append("</system-out>\n    </testcase>\n");
            }
            else
            {
                xml.Append("/>\n");
            }
        }

        xml.Append("  </testsuite>\n");
    }

    /// <summary>Counts are the whole truth; only failed tests have names, so only they are listed.</summary>
    private static void Suite(StringBuilder xml, StageRecord stage, TestResults tests)
    {
        xml.Append("  <testsuite").Attribute("name", stage.Name).Attribute("tests", Amounts.Number(tests.Total)).Attribute("failures", Amounts.Number(tests.Failed))
            .Attribute("errors", "0").Attribute("skipped", Amounts.Number(tests.Skipped)).Attribute("time", Seconds(tests.Duration)).Append(">\n");
        foreach (TestFailure failure in tests.Failures)
        {
            xml.Append("    <testcase").Attribute("name", failure.Name).Attribute("classname", stage.Name).Append(">\n      <failure").Attribute("message", failure.Message).Append('>')
                .Escaped(failure.Details ?? failure.Message).Append("</failure>\n    </testcase>\n");
        }

        xml.Append("  </testsuite>\n");
    }

    private static string Seconds(TimeSpan duration) => duration.TotalSeconds.ToString("0.###", CultureInfo.InvariantCulture);
}
