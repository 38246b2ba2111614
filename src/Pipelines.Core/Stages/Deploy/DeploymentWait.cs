using Pipelines.Core.Clients.ArgoCd;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Waits for Argo CD at a commit of the manifest repository, or at a later one in which the value still stands.</summary>
internal static class DeploymentWait
{
    public static async Task<string> RunAsync(ArgoCdTarget target, ManifestTarget manifest, string revision, string? tag, StageContext context, CancellationToken cancellationToken)
    {
        Secret? token = target.Token is null ? null : await context.Secrets.GetAsync(target.Token, cancellationToken).ConfigureAwait(false);
        using var repository = new ManifestRepository(manifest, context);
        return await ArgoCdWait.RunAsync(target, token, revision, RelateAsync, context.Log, context.Time, cancellationToken).ConfigureAwait(false);

        async Task<ArgoCdRevision> RelateAsync(string candidate, CancellationToken cancellation)
        {
            try
            {
                (bool contains, string? value) = await repository.LookAtAsync(candidate, revision, cancellation).ConfigureAwait(false);
                if (!contains)
                {
                    if (await repository.FindRewrittenAsync(candidate, revision, cancellation).ConfigureAwait(false) is not { } rewritten)
                        return ArgoCdRevision.Unrelated;
                    value = rewritten.Tag;
                    context.Log.Warning($"Somebody has rewritten the branch '{manifest.Branch}' of {repository.Name}: {ArgoCdApplication.Short(revision)} is in its history no more. {ArgoCdApplication.Short(candidate)} says {value ?? "no tag"}.");
                }

                return value == tag ? ArgoCdRevision.Ours : ArgoCdRevision.Superseded;
            }
            catch (PipelineException exception)
            {
                context.Log.Warning($"Whether {ArgoCdApplication.Short(candidate)} contains our revision could not be found out, so it does not count: {exception.What}");
                return ArgoCdRevision.Unrelated;
            }
        }
    }
}
