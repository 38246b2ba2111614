using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core;

/// <summary>Takes an environment for this run, so that no other one deploys to it before this one has proven or undone what it did; then passes the image on. <see cref="ReleaseEnvironment"/> gives it back.</summary>
/// <remarks>The lock is a ref of the manifest repository, changed by compare-and-swap. Its holder renews it; one that is gone is taken over, which the log and the lock say.</remarks>
public sealed record LockEnvironment : IStage<PublishedImage, PublishedImage>, IEnvironmentStage, IProcessBound, IDescribedStage
{
    /// <summary>Takes an environment.</summary>
    /// <param name="environment">The environment.</param>
    public LockEnvironment(DeploymentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        Environment = environment;
        Policy = environment.Lock;
    }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>What happens while another run has it.</summary>
    /// <value>the environment's own, <see cref="DeploymentEnvironment.Lock"/></value>
    public LockPolicy Policy { get; init; }

    /// <inheritdoc/>
    public string Description => $"waits until no other run is in {Environment.Name}, and keeps others out";

    /// <summary>Waits and takes it.</summary>
    /// <param name="input">The image that is to be deployed.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="EnvironmentLockException">A newer commit of the same branch waits too; or this run goes on after a kill, and another one has been in the environment since.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached or refuses the ref.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the lease owns it from then on, and ReleaseEnvironment disposes the lease")]
    public async Task<PublishedImage> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (Policy == LockPolicy.Off)
            return input;
        SourceRevision source = input.Image.Image.Source;
        DateTimeOffset now = context.Time.GetUtcNow();
        string actor = context.Run.Actor ?? (context.Run.IsCi ? "unknown" : System.Environment.UserName);
        var wanted = new LockEntry(context.Run.Id, context.Run.IsCi ? context.Run.Host : System.Environment.MachineName, actor, source.Commit, source.Branch, source.CommittedAt, now, now);
        RefDocuments refs = await RefDocuments.OpenAsync(Environment.Manifest, context, cancellationToken).ConfigureAwait(false);
        var queue = new EnvironmentQueue(Environment.App, Environment.Name, Policy, refs, context);
        try
        {
            if (context.IsRetaken)
                await queue.RetakeAsync(wanted, cancellationToken).ConfigureAwait(false);
            else
                await queue.AcquireAsync(wanted, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            if (EnvironmentLease.Find(Environment, context) is null)
                refs.Dispose();
        }

        context.Log.Info($"{Environment.App} in {Environment.Name} is this run's until it has proven or undone its deployment.");
        return input;
    }
}
