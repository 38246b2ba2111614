using Pipelines.Core.Clients.ArgoCd;

namespace Pipelines.Core.Stages.Preview;

/// <summary>After a preview's file was removed: whether Argo CD has let go of the application.</summary>
internal static class PreviewEnd
{
    public const string Advice = "An ApplicationSet looks at the repository every three minutes where no webhook tells it. If the application stays: its applicationsSync must be sync (the default) or create-delete, and what hangs in deletion is a resource whose own finalizer nobody serves. See docs/previews.md.";

    /// <summary>Waits.</summary>
    /// <returns>Null once it is gone, or where there is none to wait for; else why that is not known.</returns>
    /// <exception cref="SecretNotFoundException">The token is not where <c>argocd.token</c> says.</exception>
    public static async Task<string?> WaitAsync(DeploymentEnvironment environment, TimeSpan limit, StageContext context, CancellationToken cancellationToken)
    {
        if (environment.ArgoCd is not { } target)
            return null;
        Secret? token = target.Token is null ? null : await context.Secrets.GetAsync(target.Token, cancellationToken).ConfigureAwait(false);
        return await ArgoCdAbsence.WaitAsync(target, token, limit, context.Time, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>The same as the end of a sentence, for an undo: that it cannot be told is no reason to fail.</summary>
    public static async Task<string> DescribeAsync(DeploymentEnvironment environment, TimeSpan limit, StageContext context, CancellationToken cancellationToken)
    {
        try
        {
            string? why = await WaitAsync(environment, limit, context, cancellationToken).ConfigureAwait(false);
            return why is null ? "and Argo CD has its application no more." : $"but {why}. {Advice}";
        }
        catch (PipelineException exception)
        {
            return $"but what Argo CD has is not known: {exception.What}";
        }
        catch (OperationCanceledException)
        {
            return "and Argo CD was not waited for.";
        }
    }
}
