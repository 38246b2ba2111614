using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core;

/// <summary>Gives back what <see cref="LockEnvironment"/> took. Add it after the last stage of the environment, with <c>Always()</c>: then it waits for an undo too.</summary>
public sealed record ReleaseEnvironment : IStage<Unit>, IDescribedStage
{
    /// <summary>Gives an environment back.</summary>
    /// <param name="environment">The environment.</param>
    public ReleaseEnvironment(DeploymentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Environment = environment;
    }

    /// <summary>The environment. It is no stage of it: that it could not be given back undoes nothing.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <inheritdoc/>
    public string Description => $"lets other runs into {Environment.Name}";

    /// <summary>Gives it back; does nothing where it was not taken.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Not used: the lock is given back also when the run ends early.</param>
    public async Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        if (EnvironmentLease.Find(context.Run.Id, Environment.App, Environment.Name) is { } lease)
            await lease.DisposeAsync().ConfigureAwait(false);
        return default;
    }
}
