using System.Collections.Concurrent;

namespace Pipelines.Core.Tests.Engine;

/// <summary>A stage of an environment whose effect can be taken back, and that says so.</summary>
internal sealed record Effect(string Id, string EnvironmentName, ConcurrentQueue<string> Log) : IStage<int>, IStage<int, int>, IUndoable<int>, IEnvironmentStage
{
    public DeploymentEnvironment Environment { get; } = new() { Name = EnvironmentName, App = "a", Manifest = new ManifestTarget { Repository = "r", File = "f" } };

    public Func<StageContext, CancellationToken, Task> Undoing { get; init; } = (_, _) => Task.CompletedTask;

    public Task<int> RunAsync(StageContext context, CancellationToken cancellationToken) => Task.FromResult(1);

    public Task<int> RunAsync(int input, StageContext context, CancellationToken cancellationToken) => Task.FromResult(input + 1);

    public async Task<UndoReport> UndoAsync(int output, StageContext context, CancellationToken cancellationToken)
    {
        await Undoing(context, cancellationToken);
        Log.Enqueue("undo " + Id);
        return new UndoReport(true, Id + " is as it was");
    }
}
