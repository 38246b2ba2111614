namespace Pipelines.Core.Tests.Engine;

public class DefinitionTests
{
    [Fact]
    public void Build_SeveralThingsWrong_AreAllInOneError()
    {
        var other = new PipelineBuilder("other");
        var foreign = other.Add("foreign", Nothing);
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("same", Nothing);
        pipeline.Add("same", Nothing);
        pipeline.Add(" ", Nothing);
        pipeline.Add("uses it", Nothing).After(foreign);
        pipeline.AddMatrix("empty", Array.Empty<int>(), _ => new Leaks());
        pipeline.Add("leaks", new Leaks());
        pipeline.Add("leaks a list", (_, _) => Task.FromResult<IReadOnlyList<Secret>>([]));
        var error = Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        Assert.Equal(6, error.Errors.Count);
        Assert.Contains(error.Errors, line => line.Contains("two stages are called 'same'", StringComparison.Ordinal));
        Assert.Contains(error.Errors, line => line.Contains("stage 3 (lambda) has an empty name", StringComparison.Ordinal));
        Assert.Contains(error.Errors, line => line.Contains("'uses it' uses the handle 'foreign' of another pipeline", StringComparison.Ordinal));
        Assert.Contains(error.Errors, line => line.Contains("matrix 'empty' has no cases", StringComparison.Ordinal));
        Assert.Contains(error.Errors, line => line.Contains("'leaks' has a Secret as its output", StringComparison.Ordinal));
        Assert.Contains(error.Errors, line => line.Contains("IReadOnlyList<Secret>", StringComparison.Ordinal));
        Assert.Equal(FailureKind.Usage, error.Kind);
    }

    [Fact] // nuke#1000: a shared component ran twice when two templates used it
    public void Build_TwoPartsAddTheSameStage_ErrorNamesBothAndTheWayOut()
    {
        var pipeline = new PipelineBuilder("p");
        PartThatNeedsLint(pipeline);
        PartThatNeedsLint(pipeline);
        var error = Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        Assert.Contains("two stages are called 'lint': stage 1 (lambda) and stage 2 (lambda)", error.Message, StringComparison.Ordinal);
        Assert.Contains("add it once and hand its handle to both", error.Message, StringComparison.Ordinal);

        static void PartThatNeedsLint(PipelineBuilder pipeline) => pipeline.Add("lint", Nothing);
    }

    [Fact]
    public void Build_CircularDependency_IsPrintedAsAPath()
    {
        var pipeline = new PipelineBuilder("p");
        var a = pipeline.Add("a", Nothing);
        var b = pipeline.Add("b", Nothing).After(a);
        a.After(b);
        var error = Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        Assert.Contains("Circular dependency: a -> b -> a.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_CircleOfThreeBehindOthers_NamesOnlyTheCircle()
    {
        var pipeline = new PipelineBuilder("p");
        var start = pipeline.Add("start", Nothing);
        var a = pipeline.Add("a", Nothing).After(start);
        var b = pipeline.Add("b", Nothing).After(a);
        var c = pipeline.Add("c", Nothing).After(b);
        a.After(c);
        pipeline.Add("end", Nothing).After(c);
        var error = Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        Assert.Contains("Circular dependency: a -> b -> c -> a.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_StageWaitsForItself_IsACircle()
    {
        var pipeline = new PipelineBuilder("p");
        var a = pipeline.Add("a", Nothing);
        a.After(a);
        Assert.Contains("Circular dependency: a -> a.", Assert.Throws<PipelineDefinitionException>(pipeline.Build).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_CircleAndDuplicate_AreBothTold()
    {
        var pipeline = new PipelineBuilder("p");
        var a = pipeline.Add("a", Nothing);
        a.After(pipeline.Add("b", Nothing).After(a));
        pipeline.Add("a", Nothing);
        Assert.Equal(2, Assert.Throws<PipelineDefinitionException>(pipeline.Build).Errors.Count);
    }

    [Fact]
    public void Build_NoStages_SaysSo() =>
        Assert.Contains("no stages", Assert.Throws<PipelineDefinitionException>(new PipelineBuilder("p").Build).Message, StringComparison.Ordinal);

    [Fact]
    public void Build_FailedOnce_CanBeMendedAndBuilt()
    {
        var pipeline = new PipelineBuilder("p");
        Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        pipeline.Add("a", Nothing);
        Assert.Single(pipeline.Build().Stages);
    }

    [Fact]
    public void Change_AfterBuild_IsRefusedAndSaysWhy()
    {
        var pipeline = new PipelineBuilder("p");
        var a = pipeline.Add("a", Nothing);
        pipeline.Build();
        Action[] changes =
        [
            () => pipeline.Add("b", Nothing),
            () => pipeline.Build(),
            () => a.After(),
            () => a.When(true),
            () => a.WithTimeout(TimeSpan.FromSeconds(1)),
            () => a.WithRetry(2),
            () => a.Lock("x"),
            () => a.Always(),
        ];
        Assert.All(changes, change => Assert.Contains("is built already", Assert.Throws<InvalidOperationException>(change).Message, StringComparison.Ordinal));
    }

    [Fact]
    public void Options_OutOfRange_AreRefusedAtOnce()
    {
        StageHandle<Unit> a = new PipelineBuilder("p").Add("a", Nothing);
        Assert.Throws<ArgumentOutOfRangeException>(() => a.WithTimeout(TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.WithTimeout(TimeSpan.MaxValue));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.WithRetry(0));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.WithRetry(2, TimeSpan.FromSeconds(-1)));
        Assert.Throws<ArgumentOutOfRangeException>(() => a.WithRetry(new RetryPolicy(2) { MaxDelay = TimeSpan.MaxValue }));
        Assert.Throws<ArgumentException>(() => a.Lock(" "));
        Assert.Throws<ArgumentNullException>(() => a.After((StageHandle)null!));
        Assert.Throws<ArgumentException>(() => new PipelineBuilder(" "));
    }

    [Fact]
    public void Plan_TakesEnvironmentFromInputs_UnlessTheyDiffer()
    {
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        var staging = pipeline.Add("staging", new Effect("s", "staging", log));
        var prod = pipeline.Add<int, int>("prod", new Effect("p", "prod", log), staging);
        pipeline.Add("smoke", staging, (_, _, _) => Task.CompletedTask);
        pipeline.Add("both", staging, prod, (_, _, _, _) => Task.CompletedTask);
        pipeline.Add("later", Nothing).After(prod);
        Assert.Equal(["staging", "prod", "staging", null, null], pipeline.Build().Stages.Select(stage => stage.Environment));
    }

    private static Task Nothing(StageContext context, CancellationToken cancellationToken) => Task.CompletedTask;

    public static TheoryData<Type, bool> OutputTypes => new()
    {
        { typeof(Secret), true },
        { typeof(SecretSet), true },
        { typeof(Secret[]), true },
        { typeof(Lazy<Task<Secret>>), true },
        { typeof(IReadOnlyDictionary<string, List<Secret>>), true },
        { typeof((int, Secret)), true },
        { typeof(Outer), true },
        { typeof(Outer[]), true },
        { typeof(Hidden), true },
        { typeof(Derived), true },
        { typeof(Tokens), true },
        { typeof(Recursive), false },
        { typeof(SecretReference), false },
        { typeof(BuiltImage), false },
        { typeof(Dictionary<string, int>), false },
    };

    [Theory]
    [MemberData(nameof(OutputTypes))]
    public void Holds_TypesWithAndWithoutSecrets_TellsThem(Type type, bool holds) => Assert.Equal(holds, Pipelines.Core.Engine.SecretTypes.Holds(type));

    [Fact]
    public async Task Run_OutputWhoseDeclaredTypeHidesASecret_Fails()
    {
        var pipeline = new PipelineBuilder("order-service");
        pipeline.Add("hides", (_, _) => Task.FromResult<object>(new Outer(new Inner("a", [Secret.Of("hidden-secret", "here")]))));
        RunResult result = await EngineRun.Run(pipeline.Build());
        Failure failure = Assert.IsType<StageOutcome.Failed>(result.Stages[0].Outcome).Failure;
        Assert.Contains("The output of 'hides' holds a Secret", failure.What, StringComparison.Ordinal);
    }

    private sealed record Outer(Inner Inner);

    private sealed record Inner(string Name, IReadOnlyList<Secret> Secrets);

    private sealed class Hidden
    {
        private readonly Secret? _secret = Secret.Of("hidden-secret", "here");

        public override string ToString() => $"{_secret}";
    }

    private abstract class Base
    {
        private readonly Secret? _secret = Secret.Of("hidden-secret", "here");

        public override string ToString() => $"{_secret}";
    }

    private sealed class Derived : Base;

    private sealed class Tokens : List<Secret>;

    private sealed record Recursive(Recursive? Next, string Name);

    private sealed record Leaks : IStage<Secret>
    {
        public Task<Secret> RunAsync(StageContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
    }
}
