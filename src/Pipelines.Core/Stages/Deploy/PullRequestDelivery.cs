using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.Clients.GitHub;
using Pipelines.Core.Clients.GitLab;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Delivers a deployment by a pull or merge request.</summary>
internal sealed partial class PullRequestDelivery(DeploymentEnvironment environment, DeliverBy.PullRequest delivery, ManifestRepository repository, StageContext context)
{
    /// <summary>What the run's journal calls the request.</summary>
    private const string Effect = "open a pull request";

    private const string Marker = "<!-- pipelines -->";
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(60);

    private string Prefix => $"pipelines/{environment.App}/{environment.Name}/";

    private string RevertPrefix => Prefix + "revert-";

    public async Task<Deployment> DeployAsync(PublishedImage image, string tag, IReadOnlyList<(string Name, string Value)> trailers, bool allowsOlder, CancellationToken cancellationToken)
    {
        IPullRequests host = await HostAsync(delivery.Project, context, cancellationToken).ConfigureAwait(false);
        string branch = Prefix + tag;
        ManifestCommit commit = DeploymentCommits.For(environment, image, tag, trailers, context.Run) with { AllowsOlder = allowsOlder };
        string details = $"{branch} of {host.Name}";
        context.Report("environment", environment.Name);
        context.Report("tag", tag);
        Delivery made = await context.EffectAsync(
            Effect,
            details,
            (mayBeDone, token) => mayBeDone ? FindAsync(host, branch, details, tag, token) : Task.FromResult<Delivery?>(null),
            token => ProposeAsync(host, commit, branch, proposal => PullRequestBody.Compose(environment, image, proposal, trailers, context.Run, context.Tests()), token),
            cancellationToken).ConfigureAwait(false);
        if (made.Request is not { } request)
        {
            context.Log.Info($"{environment.App} {tag} is already deployed to {environment.Name}: no pull request is needed.");
            context.Report("previous tag", $"{tag} (already deployed)");
            return new Deployment(image, environment, made.Revision, changed: false, made.PreviousTag);
        }

        if (request.Status == PullRequestStatus.Open)
            await SupersedeAsync(host, request, tag, cancellationToken).ConfigureAwait(false);
        context.Report("pull request", request.Page.AbsoluteUri);
        context.Report("previous tag", made.PreviousTag ?? "none");
        if (!delivery.WaitsForMerge && request.Status == PullRequestStatus.Open)
            throw new WaitingForHumanException($"the merge of {request.Page.AbsoluteUri}", "Once it is merged, run the same command again: it finds the tag deployed, waits for Argo CD and proves it.");
        string merged = await WaitAsync(host, request, commit, cancellationToken).ConfigureAwait(false);
        context.Report("manifest commit", merged[..Math.Min(10, merged.Length)]);
        return new Deployment(image, environment, merged, changed: true, made.PreviousTag);
    }

    /// <summary>What this run, or an earlier process of it, has opened already; null where there is something to do. The branch and an open request are found by <see cref="ProposeAsync"/> too: here is what people did to the request since.</summary>
    private async Task<Delivery?> FindAsync(IPullRequests host, string branch, string details, string tag, CancellationToken cancellationToken)
    {
        if (await host.FindAsync(branch, cancellationToken).ConfigureAwait(false) is not { } request)
            return null;
        bool isDone = context.Effects?.Recall(Effect, details) == EffectState.Done;
        ManifestValue now = await repository.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        return request.Status switch
        {
            PullRequestStatus.Merged when now.Tag == tag => await MergedBeforeAsync(host, request.Number, now, cancellationToken).ConfigureAwait(false),
            PullRequestStatus.Merged => null, // it was taken back since, and is to be deployed again
            PullRequestStatus.Closed when !isDone => null, // somebody asked to try again after the refusal
            _ => new Delivery(request, now.Revision, now.Tag),
        };
    }

    private async Task<Delivery?> MergedBeforeAsync(IPullRequests host, int number, ManifestValue now, CancellationToken cancellationToken)
    {
        PullRequest request = await host.GetAsync(number, cancellationToken).ConfigureAwait(false); // lists do not always tell the commit
        string commit = request.MergeCommit ?? now.Revision;
        return await repository.HoldsAsync(commit, cancellationToken).ConfigureAwait(false) ? new Delivery(request, commit, await repository.ReadPreviousAsync(commit, cancellationToken).ConfigureAwait(false)) : null;
    }

    private async Task<Delivery> ProposeAsync(IPullRequests host, ManifestCommit commit, string branch, Func<ManifestProposal, string> compose, CancellationToken cancellationToken)
    {
        ManifestProposal proposal = await repository.ProposeAsync(commit, branch, cancellationToken).ConfigureAwait(false);
        if (!proposal.Changed)
            return new Delivery(null, proposal.Revision, proposal.PreviousTag);
        string title = $"{environment.App}: {proposal.PreviousTag ?? "no tag"} → {commit.Tag} in {environment.Name}";
        return new Delivery(await OpenAsync(host, branch, title, compose(proposal), cancellationToken).ConfigureAwait(false), proposal.Revision, proposal.PreviousTag);
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

    /// <summary>Of one app and environment only the newest deployment is proposed. A revert that somebody still has to merge stays: until the new version is merged it is the way back.</summary>
    private async Task SupersedeAsync(IPullRequests host, PullRequest request, string tag, CancellationToken cancellationToken)
    {
        foreach (PullRequest older in await host.ListOpenAsync(Prefix, cancellationToken).ConfigureAwait(false))
        {
            if (older.Branch == request.Branch || older.Branch.StartsWith(RevertPrefix, StringComparison.Ordinal))
                continue;
            await host.CommentAsync(older.Number, Marker, $"Superseded by {host.Sign(request.Number)}, which deploys `{tag}`.", cancellationToken).ConfigureAwait(false);
            await host.CloseAsync(older.Number, cancellationToken).ConfigureAwait(false);
            context.Log.Info($"Closed {host.Sign(older.Number)} ({older.Branch}): superseded.");
        }
    }

    private async Task<string> WaitAsync(IPullRequests host, PullRequest request, ManifestCommit commit, CancellationToken cancellationToken)
    {
        context.Log.Info($"Waiting up to {Durations.Text(delivery.Timeout)} for somebody to merge {host.Sign(request.Number)}. It is asked for every {FirstWait.TotalSeconds:0} to {LongestWait.TotalSeconds:0} seconds.");
        long started = context.Time.GetTimestamp();
        TimeSpan wait = FirstWait;
        int unreachable = 0;
        string? solved = null;
        while (true)
        {
            try
            {
                PullRequest now = await host.GetAsync(request.Number, cancellationToken).ConfigureAwait(false);
                unreachable = 0;
                if (now.Status == PullRequestStatus.Merged)
                    return await MergedAsync(host, now, commit.Tag, cancellationToken).ConfigureAwait(false);
                if (now.Status == PullRequestStatus.Closed)
                    throw new CodeHostException(CodeHostFailure.Closed, $"{host.Sign(now.Number)} was closed without being merged: the deployment of {environment.App} {commit.Tag} to '{environment.Name}' is refused.", $"  {now.Page.AbsoluteUri}", "Nothing was deployed. Talk to whoever closed it; a later run opens it anew.");
                if (now.HasConflicts)
                    solved = await SolveAsync(host, now, commit, solved, cancellationToken).ConfigureAwait(false);
            }
            catch (PipelineException exception) when (exception.IsTransient)
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

    /// <summary>Nobody can merge what conflicts: the branch is ours, so the change is made anew on the newest state, once for each. A newer deployment that came in between refuses that, and ends the wait.</summary>
    private async Task<string?> SolveAsync(IPullRequests host, PullRequest request, ManifestCommit commit, string? solved, CancellationToken cancellationToken)
    {
        string tip = (await repository.ReadValueAsync(cancellationToken).ConfigureAwait(false)).Revision;
        if (tip == solved)
            return solved; // the host takes a while to find out
        await repository.ProposeAsync(commit, request.Branch, cancellationToken, anew: true).ConfigureAwait(false);
        context.Log.Warning($"{host.Sign(request.Number)} conflicted with '{environment.Manifest.Branch}': its branch was made anew on the newest state. Whoever has reviewed it must look again.");
        return tip;
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

    /// <param name="Request">The request; null where the tag is deployed already.</param>
    /// <param name="Revision">The commit that was proposed, or that says it already.</param>
    /// <param name="PreviousTag">What ran before.</param>
    private sealed record Delivery(PullRequest? Request, string Revision, string? PreviousTag);
}
