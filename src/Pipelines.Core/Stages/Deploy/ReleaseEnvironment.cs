using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core;

/// <summary>Gives back what <see cref="LockEnvironment"/> took. Add it with that stage's output, after the last stage of the environment and with <c>Always()</c>: then it waits for an undo too, and is skipped where nothing was locked.</summary>
public sealed record ReleaseEnvironment : IStage<PublishedImage, Unit>, IDescribedStage
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

    /// <summary>Gives it back; does nothing where it is not this run's any more.</summary>
    /// <param name="input">What <see cref="LockEnvironment"/> passed on.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Not used: the lock is given back also when the run ends early.</param>
    public async Task<Unit> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (EnvironmentLease.Find(Environment, context) is { } lease)
            await lease.DisposeAsync().ConfigureAwait(false);
        else if (Environment.Lock != LockPolicy.Off)
            await ReleaseLeftAsync(context).ConfigureAwait(false);
        return default;
    }

    /// <summary>An earlier process of this run took it, and nothing but this was left to do.</summary>
    private async Task ReleaseLeftAsync(StageContext context)
    {
        using RefDocuments refs = await RefDocuments.OpenAsync(Environment.Manifest, context, context.ForceToken).ConfigureAwait(false);
        RefDocument? holder = await refs.FindAsync(EnvironmentLocks.Holder(Environment.App, Environment.Name), context.ForceToken).ConfigureAwait(false);
        if (holder is not null && LockEntry.Parse(holder.Text)?.Run == context.Run.Id)
            await refs.DeleteAsync(holder, context.ForceToken).ConfigureAwait(false);
    }
}
