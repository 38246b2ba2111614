using Pipelines.Core.Clients.Slack;
using Pipelines.Core.Reporting.Slack;

namespace Pipelines.Core.Tests.Reporting.Slack;

public class SlackMessageBuilderTests
{
    [Fact]
    public void Build_Deployed_SaysWhatOnCallWantsToKnow()
    {
        var events = new RunEvents("push image", "deploy staging");
        SlackContent content = Build(events.Started, events.Fact("push image", "tag", "0123456789abcdef"), events.Fact("push image", "environment", "staging"), events.Fact("push image", "previous tag", "old"), events.End("push image"), events.Begin("deploy staging"), events.End("deploy staging"), RunEvents.Ended(RunStatus.Succeeded));
        string text = string.Join('\n', content.Blocks.Select(block => block.Markdown));

        Assert.Equal("order-service succeeded: 0123456789ab → staging in 1 min 12 s", content.Text);
        Assert.Contains(":white_check_mark: *order-service* succeeded: 0123456789ab → staging", text, StringComparison.Ordinal);
        Assert.Contains("*Tag:* `0123456789abcdef`\n*Before:* `old`\n*Commit:* `0123456789` on main\n*By:* amy &lt;amy&gt;\n*Duration:* 1 min 12 s\n*Build:* <https://ci.example.com/42|Jenkins>", text, StringComparison.Ordinal);
        Assert.Contains(":white_check_mark: push image 1.5 s\n:white_check_mark: deploy staging 1.5 s", text, StringComparison.Ordinal);
        Assert.Contains("Jenkins · run 20260102-030405-a1b2", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_TwoEnvironments_EachHasALineOfItsOwn()
    {
        var events = new RunEvents("deploy staging", "smoke staging", "deploy prod");
        SlackContent content = Build(
            events.Started,
            events.Fact("deploy staging", "environment", "staging"), events.Fact("deploy staging", "tag", "v2"), events.Fact("deploy staging", "previous tag", "v1"), events.End("deploy staging"),
            events.Fact("smoke staging", "smoke test", "200 <ok>"), events.End("smoke staging"),
            events.Fact("deploy prod", "environment", "prod"), events.Fact("deploy prod", "tag", "v2"), events.Fact("deploy prod", "previous tag", "v0"), events.End("deploy prod"),
            RunEvents.Ended(RunStatus.Succeeded));
        string text = string.Join('\n', content.Blocks.Select(block => block.Markdown));

        Assert.Equal("order-service succeeded: v2 → staging, prod in 1 min 12 s", content.Text);
        Assert.Contains("*staging:* before `v1` · 200 &lt;ok&gt;\n*prod:* before `v0`\n", text, StringComparison.Ordinal);
        Assert.DoesNotContain("*Environment:*", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_WaitingForAHuman_SaysWhoHasToDoWhat()
    {
        var events = new RunEvents("approve prod", "deploy prod");
        SlackContent content = Build(
            events.Started,
            events.End("approve prod", new StageOutcome.Skipped(new SkipCause.WaitingForHuman("approve it by: promote") { Advice = "Or open a way." }), 0),
            events.End("deploy prod", new StageOutcome.Skipped(new SkipCause.Dependency("approve prod", "was skipped")), 0),
            RunEvents.Ended(RunStatus.Succeeded));

        Assert.StartsWith("order-service waits for a human", content.Text, StringComparison.Ordinal);
        Assert.Contains(content.Blocks, block => block.Markdown == ":raised_hand: *approve prod* waits for a human: approve it by: promote\nOr open a way.");
    }

    [Fact]
    public void Build_FailedAndUndone_HasTheErrorAndWhatWasUndone()
    {
        var events = new RunEvents("smoke", "after");
        SlackContent content = Build(
            events.Started,
            events.End("smoke", RunEvents.Failed("The smoke test failed.", "  3× status 503\n```", "Look at the <logs>.")),
            events.End("after", new StageOutcome.Skipped(new SkipCause.Dependency("smoke", "failed")), 0),
            RunEvents.Undone(new UndoResult("deploy staging", "smoke", new UndoReport(true, "Reverted to old & healthy."), null, default)),
            RunEvents.Ended(RunStatus.Failed));
        string text = string.Join('\n', content.Blocks.Select(block => block.Markdown));

        Assert.StartsWith("order-service failed and was undone", content.Text, StringComparison.Ordinal);
        Assert.EndsWith("smoke: The smoke test failed.", content.Text, StringComparison.Ordinal);
        Assert.Contains("*smoke*: The smoke test failed.\n```  3× status 503\n'''```\nLook at the &lt;logs&gt;.", text, StringComparison.Ordinal);
        Assert.Contains(":heavy_minus_sign: after was skipped because 'smoke' failed", text, StringComparison.Ordinal);
        Assert.Contains("*Undone: deploy staging*: Reverted to old &amp; healthy.", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_UndoFailed_SaysSoFirst()
    {
        var events = new RunEvents("a");
        SlackContent content = Build(events.Started, events.End("a", RunEvents.Failed("x")), RunEvents.Undone(new UndoResult("deploy", "a", null, new Failure("Push was rejected.", null, "Revert by hand.", "X", FailureKind.Failed), default)), RunEvents.Ended(RunStatus.Failed));
        Assert.StartsWith("order-service failed, and so did its undo", content.Text, StringComparison.Ordinal);
        Assert.Contains(content.Blocks, block => block.Markdown.Contains("Undo of deploy failed*: Push was rejected.\nRevert by hand.", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_HugeRun_StaysInSlacksLimits()
    {
        string[] names = [.. Enumerable.Range(0, 500).Select(number => $"stage number {number} <&>")];
        var events = new RunEvents(names);
        SlackContent content = Build([events.Started, .. names.Select(name => events.End(name, RunEvents.Failed(new string('<', 5000), new string('&', 5000), new string('>', 5000)))), RunEvents.Ended(RunStatus.Failed)]);

        Assert.True(content.Blocks.Count <= SlackText.MaxBlocks, $"{content.Blocks.Count} blocks");
        Assert.All(content.Blocks, block => Assert.InRange(block.Markdown.Length, 1, SlackText.MaxSection));
        Assert.Contains(content.Blocks, block => block.Markdown.Contains(" more", StringComparison.Ordinal));
    }

    private static SlackContent Build(params RunEvent[] events)
    {
        var story = new SlackRunState();
        foreach (RunEvent runEvent in events)
            story.Take(runEvent);
        return SlackMessageBuilder.Build(story, new DateTimeOffset(2026, 1, 2, 3, 4, 6, TimeSpan.Zero));
    }
}
