using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Takes a deployment back.</summary>
internal sealed class DeploymentUndo(Deployment deployment, StageContext context)
{
    private readonly DeploymentEnvironment _environment = deployment.Environment;

    public async Task<UndoReport> RunAsync(CancellationToken cancellationToken)
    {
        string tag = deployment.Image.Reference.Tag!;
        if (!deployment.Changed)
            return Done(false, $"{_environment.App} in {_environment.Name} ran {tag} before this run, so there was nothing to undo: it still runs {tag}.");

        if (EnvironmentLease.Find(_environment, context) is { } lease && await lease.ReclaimAsync(cancellationToken).ConfigureAwait(false) is { } holder)
            return Done(false, $"{_environment.App} in {_environment.Name} was not touched: it was taken over by {holder}, which answers for what runs there since. This run had deployed {tag}.");

        ManifestRevert revert;
        using (var repository = new ManifestRepository(_environment.Manifest, context))
        {
            BlockedDigest? block = DeploymentBlock.Of(deployment, context);
            ManifestCommit commit = DeploymentCommits.ForUndo(_environment, deployment.Image, tag, context.Run);
            revert = await context.EffectAsync(
                DeploymentCommits.UndoEffect,
                $"{deployment.Revision} in {_environment.Manifest.File} of {repository.Name}, branch {_environment.Manifest.Branch}",
                (mayBeDone, token) => repository.FindRevertAsync(commit, deployment.Revision, mayBeDone, block is not null, token),
                token => repository.RevertAsync(commit, deployment.Revision, deployment.PreviousTag, $"The deployment to {_environment.Name} did not prove itself.", token, block),
                cancellationToken).ConfigureAwait(false);
        }

        switch (revert)
        {
            case ManifestRevert.NotOurs other when other.Tag == deployment.PreviousTag:
                return Done(false, $"{_environment.App} in {_environment.Name} is already back at {other.Tag ?? "no tag"}{By(other)}: nothing was left to undo.");
            case ManifestRevert.NotOurs other:
                return Done(false, $"{_environment.App} in {_environment.Name} was not touched: somebody has set {other.Tag ?? "no tag"} since{By(other)}, and that is newer than what this run deployed ({tag}).");
            case ManifestRevert.Reverted reverted:
                return await WaitAsync(reverted, cancellationToken).ConfigureAwait(false);
            default:
                throw new InvalidOperationException(revert.GetType().Name);
        }
    }

    private async Task<UndoReport> WaitAsync(ManifestRevert.Reverted reverted, CancellationToken cancellationToken)
    {
        string tag = reverted.Tag ?? "no tag";
        string commit = reverted.Revision[..Math.Min(10, reverted.Revision.Length)];
        string undone = $"The manifest of {_environment.App} in {_environment.Name} is back at {tag} (revert {commit})";
        context.Log.Info($"{undone}: pushed.");
        if (reverted.Blocks)
            context.Log.Info($"{deployment.Image.Digest} is blocked in {_environment.Name} from now on, whatever deploys next; a new commit is free to go. If it was not at fault: dotnet run --project build -- unblock --env {_environment.Name} --reason \"…\"");
        context.Report("revert commit", commit);
        if (reverted.Blocks)
            context.Report("blocked", deployment.Image.Reference.Tag ?? deployment.Image.Digest);
        (_, string seen) = await DeploymentAftermath.LookAsync(_environment, reverted.Revision, reverted.Tag, context, cancellationToken).ConfigureAwait(false);
        return Done(true, $"{undone}, {seen} {DeploymentBlock.Text(deployment, context.Undoing, reverted.Blocks)}");
    }

    private UndoReport Done(bool changed, string summary)
    {
        context.Log.Info(summary);
        return new UndoReport(changed, summary);
    }

    private static string By(ManifestRevert.NotOurs other) => other.By is null ? "" : $" ({other.By})";
}
