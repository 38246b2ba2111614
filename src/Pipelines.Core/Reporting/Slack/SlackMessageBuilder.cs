using System.Globalization;
using System.Text;
using Pipelines.Core.Clients.Slack;
using static Pipelines.Core.Clients.Slack.SlackText;

namespace Pipelines.Core.Reporting.Slack;

/// <summary>Writes a run as a Slack message: what, where, who, how long, then what failed and what was undone.</summary>
internal static class SlackMessageBuilder
{
    private const int MaxFailures = 10;
    private const int MaxEvidence = 1200;
    private const int ShortTag = 12;

    public static SlackContent Build(SlackRunState story, DateTimeOffset now)
    {
        RunInfo run = story.Run!;
        TimeSpan duration = story.Result?.Duration ?? now - story.StartedAt;
        (string emoji, string words) = State(story);
        string headline = $"{run.Pipeline} {words}{Target(story)}";
        var blocks = new List<SlackBlock> { new($"{emoji} *{Escape(run.Pipeline)}* {Escape(words + Target(story))}") };
        if (Facts(story, run, duration) is { Length: > 0 } facts)
            blocks.Add(new SlackBlock(facts));
        if (Stages(story) is { Length: > 0 } stages)
            blocks.Add(new SlackBlock(stages));
        blocks.AddRange(Waiting(story).Select(waiting => new SlackBlock($":raised_hand: *{Escape(Cut(waiting.Stage.Name, 200))}* waits for a human: {Cut(Escape(waiting.For.What), 1000)}{(waiting.For.Advice is { } advice ? "\n" + Cut(Escape(advice), 600) : "")}")));
        blocks.AddRange(Failures(story));
        blocks.AddRange(story.Undos.Select(undo => new SlackBlock(Undo(undo))));
        blocks.Add(new SlackBlock(SmallPrint(run), IsContext: true));
        return new SlackContent(Escape($"{headline}{(story.Result is null ? "" : $" in {Spell(duration)}")}{FirstFailure(story)}"), blocks);
    }

    private static (string Emoji, string Words) State(SlackRunState story) => story.Result?.Status switch
    {
        null => (":hourglass_flowing_sand:", story.Undos.Count > 0 || story.Ended.Any(ended => ended.Outcome.IsFailure) ? "has a failure" : "is running"),
        RunStatus.Succeeded when Waiting(story).Any() => (":raised_hand:", "waits for a human"),
        RunStatus.Succeeded => (":white_check_mark:", "succeeded"),
        RunStatus.Cancelled => (":no_entry_sign:", "was cancelled"),
        _ => (":x:", story.Undos.Any(undo => undo.Failure is not null) ? "failed, and so did its undo" : story.Undos.Any(undo => undo.Report?.Changed == true) ? "failed and was undone" : "failed"),
    };

    private static string Target(SlackRunState story)
    {
        string tag = story.Fact("tag") ?? story.Run!.Source?.Tag ?? "";
        return (tag.Length > 0 ? $": {(tag.Length > ShortTag ? tag[..ShortTag] : tag)}" : "") + (story.Environments.Count > 0 ? $" → {string.Join(", ", story.Environments)}" : "");
    }

    private static IEnumerable<(PlannedStage Stage, SkipCause.WaitingForHuman For)> Waiting(SlackRunState story)
    {
        foreach ((PlannedStage stage, StageOutcome outcome, _) in story.Ended)
            if (outcome is StageOutcome.Skipped { Cause: SkipCause.WaitingForHuman waiting })
                yield return (stage, waiting);
    }

    private static string Facts(SlackRunState story, RunInfo run, TimeSpan duration)
    {
        var text = new StringBuilder();
        bool several = story.Environments.Count > 1;
        Add("Environment", !several && story.Fact("environment") is { } environment ? Escape(environment) : null);
        Add("Tag", story.Fact("tag") is { } tag ? Code(tag) : null);
        Add("Before", !several && story.Fact("previous tag") is { } previous ? Code(previous) : null);
        Add("Commit", run.Source is { } source ? Code(source.ShortCommit) + (source.Branch is null ? "" : $" on {Escape(source.Branch)}") + (source.IsClean ? "" : ", with uncommitted changes") : null);
        Add("By", run.Actor is { } actor ? Escape(actor) : null);
        foreach (string one in several ? story.Environments : [])
            Add(Escape(one), Environment(story, one));
        Add("Argo CD", !several && story.Fact("argo cd") is { } argo ? Escape(argo) : null);
        Add("Smoke test", !several && story.Fact("smoke test") is { } smoke ? Escape(smoke) : null);
        Add("Tests", story.Fact("tests") is { } tests ? Escape(tests) : null);
        Add("Scan", story.Fact("scan") is { } scan ? Escape(scan) : null);
        Add("Duration", Spell(duration));
        Add("Build", run.BuildUrl is { } build ? Link(build, run.Host) : null);
        return text.ToString().TrimEnd();

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                text.Append(CultureInfo.InvariantCulture, $"*{name}:* {Cut(value.ReplaceLineEndings(" "), 250)}\n");
        }
    }

    private static string Environment(SlackRunState story, string name)
    {
        string?[] parts = [story.Fact(name, "previous tag") is { } before ? $"before {Code(before)}" : null, Escaped("approval", "approved "), Escaped("argo cd"), Escaped("smoke test"), Escaped("analysis")];
        return string.Join(" · ", parts.OfType<string>());

        string? Escaped(string fact, string prefix = "") => story.Fact(name, fact) is { } value ? prefix + Escape(value) : null;
    }

    private static string Stages(SlackRunState story)
    {
        var text = new StringBuilder();
        int left = story.Ended.Count + story.Running.Count;
        IEnumerable<string> lines = story.Ended.Select(ended => $"{Emoji(ended.Outcome)} {Escape(ended.Stage.Name)}{Detail(ended.Outcome, ended.Duration)}")
            .Concat(story.Running.Select(stage => $":hourglass_flowing_sand: {Escape(stage.Name)}"));
        foreach (string line in lines)
        {
            if (text.Length + line.Length > MaxSection - 60)
                return text.Append(CultureInfo.InvariantCulture, $"… and {left} more").ToString();
            text.Append(line).Append('\n');
            left--;
        }

        return text.ToString().TrimEnd();
    }

    private static string Emoji(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Succeeded or StageOutcome.Restored => ":white_check_mark:",
        StageOutcome.Skipped => ":heavy_minus_sign:",
        StageOutcome.Cancelled => ":no_entry_sign:",
        _ => ":x:",
    };

    private static string Detail(StageOutcome outcome, TimeSpan duration) => outcome switch
    {
        StageOutcome.Skipped skipped => Escape($" was skipped {skipped.Cause}"),
        StageOutcome.Succeeded => $" {Spell(duration)}",
        _ => $" {outcome.Word} after {Spell(duration)}",
    };

    private static IEnumerable<SlackBlock> Failures(SlackRunState story)
    {
        foreach ((PlannedStage stage, StageOutcome outcome, _) in story.Ended.Where(ended => FailureOf(ended.Outcome) is not null).Take(MaxFailures))
        {
            Failure failure = FailureOf(outcome)!;
            string text = $"*{Escape(Cut(stage.Name, 200))}*: {Cut(Escape(failure.What), 800)}";
            if (!string.IsNullOrWhiteSpace(failure.Evidence))
                text += "\n" + CodeBlock(failure.Evidence.Trim('\n'), MaxEvidence);
            if (!string.IsNullOrWhiteSpace(failure.Advice))
                text += "\n" + Cut(Escape(failure.Advice), 600);
            yield return new SlackBlock(text);
        }
    }

    private static string Undo(UndoResult undo) => undo.Failure is { } failure
        ? $":rotating_light: *Undo of {Escape(undo.Stage)} failed*: {Cut(Escape(failure.What), 1000)}\n{Cut(Escape(failure.Advice ?? ""), 600)}"
        : $":leftwards_arrow_with_hook: *Undone: {Escape(undo.Stage)}*: {Cut(Escape(undo.Report?.Summary ?? ""), 1500)}";

    private static string SmallPrint(RunInfo run) =>
        $"{Escape(run.Host)} · run {Escape(run.Id)}{(run.Mode == RunMode.Sandbox ? " · sandbox: nothing real was touched" : "")}{(run.PullRequest is { } number ? $" · pull request {number}" : "")}";

    private static string FirstFailure(SlackRunState story) =>
        story.Ended.FirstOrDefault(ended => FailureOf(ended.Outcome) is not null) is { Stage: { } stage, Outcome: { } outcome } ? $". {stage.Name}: {FailureOf(outcome)!.What}" : "";

    private static Failure? FailureOf(StageOutcome outcome) => outcome switch
    {
        StageOutcome.Failed failed => failed.Failure,
        StageOutcome.TimedOut timedOut => timedOut.Failure,
        _ => null,
    };

    private static string Spell(TimeSpan time) => time.TotalHours >= 1 ? FormattableString.Invariant($"{(int)time.TotalHours} h {time.Minutes} min")
        : time.TotalMinutes >= 1 ? FormattableString.Invariant($"{time.Minutes} min {time.Seconds} s")
        : FormattableString.Invariant($"{time.TotalSeconds:0.#} s");
}
