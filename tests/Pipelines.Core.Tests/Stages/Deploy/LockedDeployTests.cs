using Pipelines.Core.Cli;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Tests.Engine;
using Pipelines.Core.Tests.Stages.Approve;

namespace Pipelines.Core.Tests.Stages.Deploy;

/// <summary>A deploy under its environment's lock, as the template puts it together, in the engine and over real git.</summary>
public sealed class LockedDeployTests : IAsyncLifetime
{
    private const string Manifest = "apps/order/values-prod.yaml";
    private Gate _gate = null!;

    public async ValueTask InitializeAsync() => _gate = await Gate.CreateAsync();

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Run_ProofFails_IsUndoneUnderTheLockWhichIsGivenBackAfterIt()
    {
        var plan = Plan(Environment, _ => throw new StageFailedException("it is broken") { ImageAtFault = true });
        _gate.Manifests.Hook("update", "#!/bin/sh\ngit for-each-ref --format='%(refname)' refs/pipelines/locks >> locks-seen\n");
        RunResult result = await RunAsync(plan);
        Assert.Equal("it is broken", result.FailureOf("prove prod").What);
        Assert.True(Assert.Single(result.Undos).Report!.Changed);
        Assert.Equal("image:\n  tag: old\n", await _gate.Manifests.ShowAsync(Manifest));
        Assert.Contains("prod.blocked", await _gate.Manifests.RunAsync("ls-tree", "-r", "--name-only", "main"), StringComparison.Ordinal);
        Assert.IsType<StageOutcome.Succeeded>(result.Of("release prod"));
        Assert.Empty(await LocksAsync());
        string[] seen = await File.ReadAllLinesAsync(Path.Combine(_gate.Manifests.Path, "locks-seen"), TestContext.Current.CancellationToken);
        Assert.Equal(3, seen.Length); // the deployment, the revert, and the end of the lock itself all saw it
    }

    [Fact]
    public async Task Run_LockTakenWhileItIsProven_EndsSupersededAndLeavesAndBlocksNothing()
    {
        DeploymentEnvironment environment = Environment;
        RunResult result = await RunAsync(Plan(environment, async context =>
        {
            await TakeAsync(environment);
            await LockedWork.RunAsync<int>(environment, context, _ => throw new InvalidUsageException("what answers is the other run's"), CancellationToken.None);
        }));
        Failure failure = result.FailureOf("prove prod");
        Assert.Equal(FailureKind.Superseded, failure.Kind);
        Assert.Contains("taken over by run other", failure.Evidence, StringComparison.Ordinal);
        UndoReport undo = Assert.Single(result.Undos).Report!;
        Assert.False(undo.Changed);
        Assert.Contains("order in prod was not touched: it was taken over by run other of jo", undo.Summary, StringComparison.Ordinal);
        Assert.Equal($"image:\n  tag: {Gate.Tag}\n", await _gate.Manifests.ShowAsync(Manifest)); // the other run may be proving this very value
        Assert.Equal(["refs/pipelines/locks/order/prod/holder"], await LocksAsync());
        Assert.Equal(1, result.ExitCode);
    }

    [Fact]
    public async Task Run_LockTakenAwayByHand_IsUndoneAndNotBlocked()
    {
        DeploymentEnvironment environment = Environment;
        RunResult result = await RunAsync(Plan(environment, async context =>
        {
            await TakeAsync(environment, "taken away by jo: stop it");
            await LockedWork.RunAsync<int>(environment, context, _ => throw new InvalidUsageException("asked to end"), CancellationToken.None);
        }));
        Assert.Contains("taken away by jo: stop it", result.FailureOf("prove prod").Evidence, StringComparison.Ordinal);
        Assert.True(Assert.Single(result.Undos).Report!.Changed);
        Assert.Equal("image:\n  tag: old\n", await _gate.Manifests.ShowAsync(Manifest));
        Assert.DoesNotContain("blocked", await _gate.Manifests.RunAsync("ls-tree", "-r", "--name-only", "main"), StringComparison.Ordinal);
        Assert.Empty(await LocksAsync());
    }

    [Fact]
    public async Task Run_WithoutItsRelease_GivesTheLockBackAtItsEnd()
    {
        var plan = Plan(Environment, _ => Task.CompletedTask);
        RunResult result = await RunAsync(plan, [plan.Stages.Single(stage => stage.Name == "deploy prod")]);
        Assert.IsType<StageOutcome.Succeeded>(result.Of("deploy prod"));
        Assert.NotEmpty(await LocksAsync());
        await EnvironmentLease.EndAsync(EngineRun.Setup().Run.Id);
        Assert.Empty(await LocksAsync());
    }

    [Theory]
    [InlineData(LockPolicy.Off, false)]
    [InlineData(LockPolicy.Queue, true)]
    public void Plan_ByPolicy_HasALockOrNot(LockPolicy policy, bool isLocked) =>
        Assert.Equal(isLocked, Plan(Environment with { Lock = policy }, _ => Task.CompletedTask).Stages.Any(stage => stage.Name == "lock prod"));

    [Fact]
    public void Plan_DeliveredByPullRequest_HasNoLockThatSomebodyWouldHoldWhileOthersReview() =>
        Assert.DoesNotContain(
            Plan(Environment with { Delivery = new DeliverBy.PullRequest(new CodeHostProject(CodeHost.GitHub, "o/r", SecretReference.Parse("env://T"))) }, _ => Task.CompletedTask).Stages,
            stage => stage.Name.StartsWith("lock", StringComparison.Ordinal));

    private DeploymentEnvironment Environment => Gate.Environment("prod") with { Manifest = _gate.Prod.Manifest with { Repository = _gate.Manifests.Path } };

    private static PipelinePlan Plan(DeploymentEnvironment environment, Func<StageContext, Task> prove)
    {
        var pipeline = new PipelineBuilder("order");
        StageHandle<PublishedImage> image = pipeline.Add("image", (_, _) => Task.FromResult(Gate.Proven().Deployment.Image));
        StageHandle<PublishedImage>? locked = EnvironmentLocking.Lock(pipeline, environment, image);
        StageHandle<Deployment> deployed = pipeline.Add("deploy prod", new DeployManifest(environment), locked ?? image);
        StageHandle<Deployment> proven = pipeline.Add("prove prod", deployed, async (deployment, context, _) =>
        {
            await prove(context);
            return deployment;
        });
        EnvironmentLocking.Release(pipeline, environment, locked, proven);
        return pipeline.Build();
    }

    private Task<RunResult> RunAsync(PipelinePlan plan, IReadOnlyList<PlannedStage>? selection = null) =>
        EngineRun.Run(plan, setup => setup with { Run = setup.Run with { Directory = _gate.Directory.Path, RunDirectory = Path.Combine(_gate.Directory.Path, "run") }, Selection = selection });

    private async Task<string[]> LocksAsync() => [.. (await _gate.RefsAsync()).Where(name => name.Contains("/locks/", StringComparison.Ordinal))];

    private async Task TakeAsync(DeploymentEnvironment environment, string? released = null)
    {
        using RefDocuments refs = await RefDocuments.OpenAsync(environment.Manifest, _gate.Context().Context, CancellationToken.None);
        string name = EnvironmentLocks.Holder("order", "prod");
        DateTimeOffset now = TimeProvider.System.GetUtcNow();
        RefDocument? before = await refs.FindAsync(name, CancellationToken.None);
        var entry = new LockEntry("other", "host", "jo", Gate.Tag, "main", now, now, now + LockTimes.Life) { Released = released };
        Assert.NotNull(await refs.WriteAsync(name, (released is null ? entry : LockEntry.Parse(before!.Text)! with { Released = released }).ToJson(), before, "test", CancellationToken.None));
    }
}
