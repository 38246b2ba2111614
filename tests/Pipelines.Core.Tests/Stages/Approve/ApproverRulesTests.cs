using Pipelines.Core.Stages.Approve;

namespace Pipelines.Core.Tests.Stages.Approve;

public sealed class ApproverRulesTests
{
    private static readonly ApprovalPolicy Policy = new()
    {
        Approvers = ["@leads", "dora"],
        Teams = new Dictionary<string, IReadOnlyList<string>> { ["leads"] = ["ann@example.com", "bob"] },
        Aliases = new Dictionary<string, IReadOnlyList<string>> { ["ann@example.com"] = ["ann-gh", "Ann Example"], ["carl"] = ["carl-gh"] },
    };

    [Theory]
    [InlineData("ann@example.com", true)]
    [InlineData("ANN-GH", true)]
    [InlineData("bob", true)]
    [InlineData("dora", true)]
    [InlineData("carl", false)]
    [InlineData("@leads", false)]
    [InlineData("leads", false)]
    public void WhyNot_ApproversTeamsAndAliases_AreWhoMay(string by, bool may) => Assert.Equal(may, new ApproverRules(Policy, [], null).WhyNot(by) is null);

    [Fact]
    public void WhyNot_NotAllowed_NamesThoseWhoAre() =>
        Assert.Equal("carl may not approve; those who may: @leads, dora", new ApproverRules(Policy, [], null).WhyNot("carl"));

    [Theory]
    [InlineData("ann-gh", "wrote the commit")]
    [InlineData("bob", "started the run")]
    [InlineData("dora", null)]
    public void WhyNotApprove_OwnChange_IsSeenOverAllNamesOfAPerson(string by, string? why)
    {
        var rules = new ApproverRules(Policy with { ForbidsOwnChanges = true }, ["Ann Example <someone@else.example>"], "bob");
        if (why is null)
            Assert.Null(rules.WhyNotApprove(by, null));
        else
            Assert.Equal($"{by} {why}, and nobody approves a change of their own here", rules.WhyNotApprove(by, null));
        Assert.Null(rules.WhyNot(by)); // who wrote it may still refuse it
    }

    [Fact]
    public void WhyNotApprove_ReasonRequired_MustBeGiven()
    {
        var rules = new ApproverRules(Policy with { RequiresReason = true }, [], null);
        Assert.Equal("bob gave no reason, and one is required here", rules.WhyNotApprove("bob", " "));
        Assert.Null(rules.WhyNotApprove("bob", "tested by hand"));
    }

    [Fact]
    public void New_UnknownTeam_SuggestsTheKnownOne()
    {
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => new ApproverRules(Policy with { Approvers = ["@lead"] }, [], null));
        Assert.Contains("Did you mean 'leads'?", error.What, StringComparison.Ordinal);
    }
}
