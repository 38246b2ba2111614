using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Deploy;

/// <content>The way back.</content>
internal sealed partial class PullRequestDelivery
{
    /// <summary>Asks people to take a deployment back: tag, digest, and what is blocked from then on. It is never called undone: until somebody merges, what failed keeps running.</summary>
    /// <remarks>Nothing of it needs the journal: the branch is named by the tag, and one open request of it is used again.</remarks>
    public static async Task<UndoReport> UndoAsync(Deployment deployment, DeliverBy.PullRequest delivery, StageContext context, CancellationToken cancellationToken)
    {
        DeploymentEnvironment environment = deployment.Environment;
        string tag = deployment.Image.Reference.Tag!;
        using var repository = new ManifestRepository(environment.Manifest, context);
        var work = new PullRequestDelivery(environment, delivery, repository, context);
        string branch = work.RevertPrefix + tag;
        (ManifestRevert revert, string diff) = await repository.ProposeRevertAsync(
            DeploymentCommits.ForUndo(environment, deployment.Image, tag, context.Run),
            deployment.Revision,
            deployment.PreviousTag,
            $"The deployment to {environment.Name} did not prove itself.",
            branch,
            DeploymentBlock.Of(deployment, context),
            cancellationToken).ConfigureAwait(false);
        if (revert is ManifestRevert.NotOurs other)
        {
            return new UndoReport(false, other.Tag == deployment.PreviousTag
                ? $"{environment.App} in {environment.Name} is already back at {other.Tag ?? "no tag"}: nothing was left to undo."
                : $"{environment.App} in {environment.Name} was not touched: somebody has set {other.Tag ?? "no tag"} since.");
        }

        var proposed = (ManifestRevert.Reverted)revert;
        string before = proposed.Tag ?? "no tag";
        IPullRequests host = await HostAsync(delivery.Project, context, cancellationToken).ConfigureAwait(false);
        string body = $"{Marker}\nThe deployment of `{tag}` to `{environment.Name}` did not prove itself.{(proposed.Blocks ? " Merging this also blocks its digest there." : "")}\n\n```diff\n{diff}\n```\n";
        PullRequest request = await work.OpenAsync(host, branch, $"{environment.App}: back to {before} in {environment.Name}", body, cancellationToken).ConfigureAwait(false);
        context.Report("revert pull request", request.Page.AbsoluteUri);
        throw new CodeHostException(
            CodeHostFailure.Other,
            $"The deployment of {environment.App} {tag} to '{environment.Name}' is not taken back yet: its revert waits for a human, and until somebody merges it {tag} runs.",
            $"  {request.Page.AbsoluteUri}",
            $"Merge it now: it brings {before} back{(proposed.Blocks ? " and blocks the digest" : "")}.");
    }
}
