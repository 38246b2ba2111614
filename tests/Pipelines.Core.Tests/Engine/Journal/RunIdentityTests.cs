using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Tests.Engine.Journal;

public class RunIdentityTests
{
    private static readonly RunIdentity Before = JournaledRun.Identity(Plan("test", After("lint", "test")));

    [Fact]
    public void Changes_SameRun_AreNone()
    {
        Assert.Empty(Before.Changes(JournaledRun.Identity(Plan("test", After("lint", "test")))));
        Assert.Empty(Before.Changes(Before with { Run = "another", Assignments = ["a=b"] }));
    }

    public static TheoryData<string, string> Changed => new()
    {
        { "library", "the version of the library: it was '1.0.0' and is '1.1.0'" },
        { "mode", "the mode: it was 'live' and is 'sandbox'" },
        { "directory", "the checkout: it was '/checkout' and is '/other'" },
        { "commit", "the commit: it was 'abc' and is 'def'" },
        { "tag", "the uncommitted changes: they were abc and are abc-dirty.1" },
        { "script", "the build script: it was compiled from other sources" },
        { "setting", "the setting smoke.url: it was 'https://x' and is 'https://y'" },
        { "new stage", "the stage 'more' is new" },
        { "no stage", "the stage 'lint' is there no more" },
        { "edge", "the stage 'lint': it was 'lambda -> Unit; after test' and is 'lambda -> Unit'" },
    };

    [Theory]
    [MemberData(nameof(Changed))]
    public void Changes_Anything_IsNamedWithBothValues(string what, string said)
    {
        RunIdentity now = what switch
        {
            "library" => Before with { Library = "1.1.0" },
            "mode" => Before with { Mode = RunMode.Sandbox },
            "directory" => Before with { Directory = "/other" },
            "commit" => Before with { Commit = "def", Tag = "def" },
            "tag" => Before with { Tag = "abc-dirty.1" },
            "script" => Before with { Script = "t" },
            "setting" => Before with { Settings = [("smoke.url", "https://y")] },
            "new stage" => JournaledRun.Identity(Plan("test", After("lint", "test"), After("more", "test"))),
            "no stage" => JournaledRun.Identity(Plan("test")),
            _ => JournaledRun.Identity(Plan("test", "lint")),
        };
        Assert.Equal(said, Assert.Single(Before.Changes(now)));
    }

    private static string After(string name, string other) => $"{name}<{other}";

    private static PipelinePlan Plan(params string[] stages)
    {
        var pipeline = new PipelineBuilder("p");
        var handles = new Dictionary<string, StageHandle<Unit>>();
        foreach (string[] stage in stages.Select(stage => stage.Split('<')))
        {
            handles[stage[0]] = pipeline.Add(stage[0], (_, _) => Task.CompletedTask);
            if (stage.Length > 1)
                handles[stage[0]].After(handles[stage[1]]);
        }

        return pipeline.Build();
    }
}
