using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.Clients.GitHub;
using Pipelines.Core.Clients.GitLab;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Delivers a deployment by a pull or merge request.</summary>
internal sealed class PullRequestDelivery(DeploymentEnvironment environment, DeliverBy.PullRequest delivery, ManifestRepository repository, StageContext context)
{
    private const string Marker = "<!-- pipelines -->";
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private string Prefix => $"pipelines/{environment.App}/{environment.Name}/";

    public async Task<Deployment> DeployAsync(PublishedImage image, string tag, IReadOnlyList<(string Name, string Value)> trailers, bool allowsOlder, CancellationToken cancellationToken)
    {
        IPullRequests host = await HostAsync(delivery.Project, context, cancellationToken).ConfigureAwait(false);
        string branch = Prefix + tag;
        ManifestProposal proposal = await repository.ProposeAsync(DeploymentCommits.For(environment, image, tag, trailers, context.Run) with { AllowsOlder = allowsOlder }, branch, cancellationToken).ConfigureAwait(false);
        context.Report("environment", environment.Name);
        context.Report("tag", tag);
        if (!proposal.Changed)
        {
            context.Log.Info($"{environment.App} {tag} is already deployed to {environment.Name}: no pull request is needed.");
            context.Report("previous tag", $"{tag} (already deployed)");
            return new Deployment(image, environment, proposal.Revision, changed: false, proposal.PreviousTag);
        }

        string title = $"{environment.App}: {proposal.PreviousTag ?? "no tag"} → {tag} in {environment.Name}";
        string body = PullRequestBody.Compose(environment, image, proposal, trailers, context.Run, context.Tests());
        PullRequest request = await OpenAsync(host, branch, title, body, cancellationToken).ConfigureAwait(false);
        await SupersedeAsync(host, request, tag, cancellationToken).ConfigureAwait(false);
        context.Report("pull request", request.Page.AbsoluteUri);
        context.Report("previous tag", proposal.PreviousTag ?? "none");
        if (!delivery.WaitsForMerge)
            throw new WaitingForHumanException($"the merge of {request.Page.AbsoluteUri}", "Once it is merged, run the same command again: it finds the tag deployed, waits for Argo CD and proves it.");
        string merged = await WaitAsync(host, request, tag, cancellationToken).ConfigureAwait(false);
        context.Report("manifest commit", merged[..Math.Min(10, merged.Length)]);
        return new Deployment(image, environment, merged, changed: true, proposal.PreviousTag);
    }

    /// <summary>Asks people to take a deployment back. It is never called undone: until somebody merges, what failed keeps running.</summary>
    public static async Task<UndoReport> UndoAsync(Deployment deployment, DeliverBy.PullRequest delivery, StageContext context, CancellationToken cancellationToken)
    {
        DeploymentEnvironment environment = deployment.Environment;
        string tag = deployment.Image.Reference.Tag!;
        if (environment.Manifest.DigestKey is not null || deployment.PreviousTag is null)
            throw NotUndone($"its revert must be made by hand: {(deployment.PreviousTag is null ? "nothing ran before" : "the digest of before is not known here")}", $"  commit {deployment.Revision} of {Tools.Git.GitUrl.WithoutUserInfo(environment.Manifest.Repository)}", "Revert that commit by a pull request.");
        using var repository = new ManifestRepository(environment.Manifest, context);
        var work = new PullRequestDelivery(environment, delivery, repository, context);
        ManifestValue now = await repository.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        if (now.Tag != tag)
            return new UndoReport(false, $"{environment.App} in {environment.Name} was not touched: somebody has set {now.Tag ?? "no tag"} since.");
        IPullRequests host = await HostAsync(delivery.Project, context, cancellationToken).ConfigureAwait(false);
        ManifestCommit commit = DeploymentCommits.ForUndo(environment, deployment.Image, deployment.PreviousTag, context.Run) with { Digest = null };
        string branch = $"{work.Prefix}revert-{tag}";
        ManifestProposal proposal = await repository.ProposeAsync(commit, branch, cancellationToken).ConfigureAwait(false);
        PullRequest request = await work.OpenAsync(host, branch, $"{environment.App}: back to {deployment.PreviousTag} in {environment.Name}", $"{Marker}\nThe deployment of `{tag}` to `{environment.Name}` did not prove itself.\n\n```diff\n{proposal.Diff}\n```\n", cancellationToken).ConfigureAwait(false);
        context.Report("revert pull request", request.Page.AbsoluteUri);
        throw NotUndone($"its revert waits for a human, and until somebody merges it {tag} runs", $"  {request.Page.AbsoluteUri}", $"Merge it now: it brings {deployment.PreviousTag} back.");

        CodeHostException NotUndone(string why, string evidence, string advice) => new(CodeHostFailure.Other, $"The deployment of {environment.App} {tag} to '{environment.Name}' is not taken back yet: {why}.", evidence, advice);
    }

    public static async Task<IPullRequests> HostAsync(CodeHostProject project, StageContext context, CancellationToken cancellationToken)
    {
        Secret token = await context.Secrets.GetAsync(project.Token, cancellationToken).ConfigureAwait(false);
        return project.Host == CodeHost.GitHub
            ? new GitHubClient(project, token, context.Run.Mode, context.Time)
            : new GitLabClient(project, token, context.Run.Mode, context.Time);
    }

    private async Task<PullRequest> OpenAsync(IPullRequests host, string branch, string title, string body, CancellationToken cancellationToken)
    {
        PullRequest? open = (await host.ListOpenAsync(branch, cancellationToken).ConfigureAwait(false)).FirstOrDefault(one => one.Branch == branch);
        if (open is not null)
            await host.UpdateAsync(open.Number, title, body, cancellationToken).ConfigureAwait(false);
        PullRequest request = open ?? await host.CreateAsync(branch, environment.Manifest.Branch, title, body, cancellationToken).ConfigureAwait(false);
        context.Log.Info($"{(open is null ? "Opened" : "Changed")} {host.Sign(request.Number)} of {host.Name}: {request.Page.AbsoluteUri}");
        return request;
    }

    /// <summary>Of one app and environment only the newest proposal stands.</summary>
    private async Task SupersedeAsync(IPullRequests host, PullRequest request, string tag, CancellationToken cancellationToken)
    {
        foreach (PullRequest older in await host.ListOpenAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            if (older.Branch == request.Branch)
                continue;
            await host.CommentAsync(older.Number, Marker, $"Superseded by {host.Sign(request.Number)}, which deploys `{tag}`.", cancellationToken).ConfigureAwait(false);
            await host.CloseAsync(older.Number, cancellationToken).ConfigureAwait(false);
            context.Log.Info($"Closed {host.Sign(older.Number)} ({older.Branch}): superseded.");
        }
    }

    private async Task<string> WaitAsync(IPullRequests host, PullRequest request, string tag, CancellationToken cancellationToken)
    {
        context.Log.Info($"Waiting up to {Durations.Text(delivery.Timeout)} for somebody to merge {host.Sign(request.Number)}. It is asked for every {FirstWait.TotalSeconds:0} to {LongestWait.TotalSeconds:0} seconds.");
        long started = context.Time.GetTimestamp();
        TimeSpan wait = FirstWait;
        int unreachable = 0;
        while (true)
        {
            try
            {
                PullRequest now = await host.GetAsync(request.Number, cancellationToken).ConfigureAwait(false);
                unreachable = 0;
                if (now.Status == PullRequestStatus.Merged)
                    return await MergedAsync(host, now, tag, cancellationToken).ConfigureAwait(false);
                if (now.Status == PullRequestStatus.Closed)
                    throw new CodeHostException(CodeHostFailure.Closed, $"{host.Sign(now.Number)} was closed without being merged: the deployment of {environment.App} {tag} to '{environment.Name}' is refused.", $"  {now.Page.AbsoluteUri}", "Nothing was deployed. Talk to whoever closed it; a later run opens it anew.");
            }
            catch (CodeHostException exception) when (exception.IsTransient)
            {
                if (unreachable++ % 10 == 0)
                    context.Log.Warning($"How {host.Sign(request.Number)} stands is not known; it is asked again until the time is over. {exception.What}");
            }

            if (context.Time.GetElapsedTime(started) + wait > delivery.Timeout)
                throw new CodeHostException(CodeHostFailure.Expired, $"Nobody merged {host.Sign(request.Number)} within {Durations.Text(delivery.Timeout)}.", $"  {request.Page.AbsoluteUri}", "It stays open. Once it is merged, run the same command again; WaitsForMerge = false does not wait at all.");
            await Task.Delay(Jitter(wait), context.Time, cancellationToken).ConfigureAwait(false);
            wait = wait * 1.5 < LongestWait ? wait * 1.5 : LongestWait;
        }
    }

    /// <summary>The commit that the merge made, after a look at what it holds: people can change a pull request.</summary>
    private async Task<string> MergedAsync(IPullRequests host, PullRequest request, string tag, CancellationToken cancellationToken)
    {
        string by = request.MergedBy is null ? "" : $" by {request.MergedBy}";
        ManifestValue value = await repository.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        string commit = request.MergeCommit ?? value.Revision;
        if (value.Tag != tag || !await repository.HoldsAsync(commit, cancellationToken).ConfigureAwait(false))
            throw new CodeHostException(CodeHostFailure.Changed, $"{host.Sign(request.Number)} was merged{by}, but '{environment.Manifest.Branch}' does not say {tag} now.", $"  {environment.Manifest.Key} in {environment.Manifest.File}: {value.Tag ?? "empty"} at {value.Revision}\n  merge: {commit}", "Somebody changed the pull request, or the branch since. Look at it, and deploy again.");
        context.Log.Info($"{host.Sign(request.Number)} was merged{by} as {commit[..Math.Min(10, commit.Length)]}.");
        if (request.MergedBy is not null)
            context.Report("merged by", request.MergedBy);
        return commit;
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "it spreads requests in time; nothing depends on it being secret")]
    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.75 + (Random.Shared.NextDouble() * 0.5));
}
