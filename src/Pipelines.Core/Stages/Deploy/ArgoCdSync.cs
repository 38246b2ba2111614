using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Stages.Deploy;

namespace Pipelines.Core;

/// <summary>Waits until Argo CD has applied a deployment's own revision, or a later one that contains it, and the application is healthy; then passes the deployment on. Ends at once when it is Degraded or the sync failed.</summary>
/// <remarks>An environment without an Argo CD application is passed through with a line in the log: nothing can be waited for.</remarks>
public sealed record ArgoCdSync : IStage<Deployment, Deployment>, IDescribedStage
{
    /// <summary>How long the sync and the health may take together; null for <see cref="ArgoCdTarget.Timeout"/>.</summary>
    /// <value>null</value>
    public TimeSpan? Timeout { get; init; }

    /// <inheritdoc/>
    public string Description => "waits until Argo CD has applied our revision and it is healthy";

    /// <summary>Waits.</summary>
    /// <param name="input">The deployment.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ArgoCdException">It did not become healthy, or Argo CD could not be asked.</exception>
    /// <exception cref="EnvironmentLockException">The run held a lock of the environment, and lost it.</exception>
    /// <exception cref="SecretNotFoundException">The token is not where <c>argocd.token</c> says.</exception>
    public async Task<Deployment> RunAsync(Deployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        if (input.Environment.ArgoCd is not { } target)
        {
            context.Log.Info($"'{input.Environment.Name}' has no Argo CD application: nothing is waited for.");
            context.Report("argo cd", "not waited for");
            return input;
        }

        if (Timeout is not null)
            target = target with { Timeout = Timeout.Value };
        if (target.Timeout <= TimeSpan.Zero)
            throw new InvalidUsageException("The time for Argo CD must be more than zero.", $"  {target.Timeout}", "Set argocd.timeout, such as 10m.");
        if (target.Server is not { IsAbsoluteUri: true, Scheme: "http" or "https" } || string.IsNullOrWhiteSpace(target.Application))
            throw new InvalidUsageException("The Argo CD application is not usable.", $"  server '{Tools.Git.GitUrl.WithoutUserInfo(target.Server.ToString())}', application '{target.Application}'", "Set argocd.server to an http or https address and argocd.application to a name.");
        try
        {
            string phrase = await LockedWork.RunAsync(input.Environment, context, token => DeploymentWait.RunAsync(target, input.Environment.Manifest, input.Revision, input.Image.Reference.Tag, context, token), cancellationToken).ConfigureAwait(false);
            context.Report("argo cd", phrase);
            return input;
        }
        catch (ArgoCdException exception)
        {
            context.Report("argo cd", exception.What);
            if (input.Environment.PullRequest is not null && exception.Failure == ArgoCdFailure.NotFound)
                throw new ArgoCdException(exception.Failure, exception.What, exception.Evidence, $"Nobody made the application of the preview: an ApplicationSet must follow {input.Environment.Manifest.File} and name it '{target.Application}', and the token must be allowed to get it. See docs/previews.md. {exception.Advice}", exception);
            throw;
        }
    }
}
