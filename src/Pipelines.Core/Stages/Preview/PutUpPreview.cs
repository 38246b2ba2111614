using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Stages.Deploy;
using Pipelines.Core.Stages.Preview;

namespace Pipelines.Core;

/// <summary>Gives a pull request an environment of its own, by a commit that makes or changes one file of the manifest repository. An ApplicationSet of Argo CD does the rest; <see cref="ArgoCdSync"/> waits for it.</summary>
/// <remarks>
/// <para>A preview is never protected and asks for no branch, and nothing is promoted from it. The file is written anew from its template each time.</para>
/// <para>The undo takes back what this run did: a preview that it made goes, one that it changed is as before. What others did since is left alone.</para>
/// </remarks>
public sealed record PutUpPreview : IStage<PublishedImage, Deployment>, IUndoable<Deployment>, IEnvironmentStage, IDescribedStage
{
    private const string Effect = "put up the preview";
    private const string UndoEffect = "take back the preview";
    private static readonly TimeSpan UndoWait = TimeSpan.FromMinutes(2);

    private readonly PreviewPlace _place;

    /// <summary>Puts up the preview of a pull request.</summary>
    /// <param name="previews">The service's previews.</param>
    /// <param name="number">The pull request.</param>
    /// <exception cref="InvalidUsageException">The previews are not set up so that they can work.</exception>
    public PutUpPreview(Previews previews, int number)
    {
        ArgumentNullException.ThrowIfNull(previews);
        _place = PreviewPlace.Of(previews, number);
        GitOps.ManifestTargets.Check(_place.Environment.Manifest);
        PreviewTemplate.FileOf(previews);
        Previews = previews;
        Number = number;
    }

    /// <summary>The service's previews.</summary>
    public Previews Previews { get; }

    /// <summary>The pull request.</summary>
    public int Number { get; }

    /// <inheritdoc/>
    public DeploymentEnvironment Environment => _place.Environment;

    /// <inheritdoc/>
    public string Description => $"writes {Environment.Manifest.File} of {Tools.Git.GitUrl.WithoutUserInfo(Environment.Manifest.Repository)} ({Environment.Manifest.Branch}) from {Previews.Template.Replace("{app}", Previews.App, StringComparison.Ordinal)}";

    /// <summary>Puts it up, or brings it to this image.</summary>
    /// <param name="input">The image.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PreviewException">There are too many previews, the file is somebody's own, or the pull request was closed meanwhile.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached or refuses the push.</exception>
    /// <exception cref="ManifestFileException">The template is missing or lacks the key of the tag.</exception>
    /// <exception cref="OlderCommitException">The preview runs a newer commit of the pull request.</exception>
    public async Task<Deployment> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        string tag = input.Reference.Tag ?? throw new InvalidUsageException($"The image {input.Reference} has no tag to write into the manifest.", null, "Push it with a tag.");
        using var repository = new PreviewRepository(Previews, context);
        PreviewChange change = await context.EffectAsync(
            Effect,
            $"{Environment.Manifest.Key} = {tag} in {Environment.Manifest.File} of {repository.Name}, branch {Environment.Manifest.Branch}",
            async (mayBeDone, token) => mayBeDone ? await repository.FindAsync(_place, input, token).ConfigureAwait(false) : null,
            token => repository.PutUpAsync(_place, input, Trailers(input, context.Run), token),
            cancellationToken).ConfigureAwait(false);
        string commit = change.Revision[..Math.Min(10, change.Revision.Length)];
        context.Log.Info(!change.Changed ? $"The preview of pull request {Number} runs {tag} already: nothing to change (manifest at {commit})."
            : change.Before is null ? $"Pushed {commit}: {Previews.App} gets '{_place.Name}' for pull request {Number}, with {tag}, in the namespace {_place.Namespace}."
            : $"Pushed {commit}: '{_place.Name}' goes from {change.Before.Tag ?? "no tag"} to {tag}.");
        context.Report("environment", _place.Name);
        context.Report("tag", tag);
        context.Report("manifest commit", commit);
        await LeaveIfClosedAsync(repository, change, context, cancellationToken).ConfigureAwait(false);
        return new Deployment(input, Environment, change.Revision, change.Changed, change.Before?.Tag);
    }

    /// <summary>Removes the preview that this run made, or sets the one that it changed back.</summary>
    /// <param name="output">What was put up.</param>
    /// <param name="context">The context of the undo.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<UndoReport> UndoAsync(Deployment output, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(context);
        string tag = output.Image.Reference.Tag!;
        if (!output.Changed)
            return Done(context, false, $"The preview of pull request {Number} ran {tag} before this run, so there was nothing to undo: it still runs {tag}.");
        using var repository = new PreviewRepository(Previews, context);
        PreviewReversal reversal = await context.EffectAsync(
            UndoEffect,
            $"{output.Revision} in {Environment.Manifest.File} of {repository.Name}, branch {Environment.Manifest.Branch}",
            (_, _) => Task.FromResult<PreviewReversal?>(null), // done twice it finds nothing of its own
            token => repository.TakeBackAsync(_place, output.Revision, $"The preview of pull request {Number} did not prove itself.", token),
            cancellationToken).ConfigureAwait(false);
        if (reversal.Revision is null)
            return Done(context, false, $"The preview of pull request {Number} was not touched: somebody has changed or removed it since.");
        string commit = reversal.Revision[..Math.Min(10, reversal.Revision.Length)];
        context.Report("revert commit", commit);
        string seen;
        if (reversal.Tag is null)
            seen = await PreviewEnd.DescribeAsync(Environment, UndoWait, context, cancellationToken).ConfigureAwait(false);
        else
            (_, seen) = await DeploymentAftermath.LookAsync(Environment, reversal.Revision, reversal.Tag, context, cancellationToken).ConfigureAwait(false);
        string undone = reversal.Tag is null ? $"The preview of pull request {Number} is removed (commit {commit}), {seen}" : $"The preview of pull request {Number} is back at {reversal.Tag} (commit {commit}), {seen}";
        string why = context.Undoing is { } cause ? $"`{cause.Stage}` did not succeed" : "it did not prove itself";
        await PreviewComments.SayAsync(Previews, _place, reversal.Tag is null ? $"**Removed**: {why}." : $"**Back at** `{reversal.Tag}`: {why} with `{tag}`.", tag, context, cancellationToken).ConfigureAwait(false);
        return Done(context, true, undone);
    }

    /// <summary>Whoever closes a pull request has its preview taken down, and what is pushed after that would stay for good: so this looks again after the push. One that is closed later is taken down by the one who closes it.</summary>
    private async Task LeaveIfClosedAsync(PreviewRepository repository, PreviewChange change, StageContext context, CancellationToken cancellationToken)
    {
        if (await PreviewComments.FindStatusAsync(Previews, Number, context, cancellationToken).ConfigureAwait(false) is not (PullRequestStatus.Closed or PullRequestStatus.Merged))
            return;
        PreviewChange removed = await repository.RemoveAsync(Number, null, $"The pull request is closed.\nThis takes back {change.Revision}.", Run(context.Run), cancellationToken).ConfigureAwait(false);
        throw new PreviewException(
            $"Pull request {Number} was closed while its preview was put up, so there is none.",
            removed.Changed ? $"  removed by {removed.Revision[..Math.Min(10, removed.Revision.Length)]} in {repository.Name}" : "  it was removed already",
            "Nothing has to be done. Open the pull request again to have a preview.");
    }

    private List<(string, string)> Trailers(PublishedImage image, RunInfo run) =>
        [("Environment", _place.Name), ("Image", $"{image.Reference.Name}@{image.Digest}"), (GitOps.ManifestCommit.SourceCommitTrailer, image.Image.Image.Source.Commit), .. Run(run)];

    private static List<(string, string)> Run(RunInfo run)
    {
        var trailers = new List<(string, string)>();
        DeploymentCommits.AddRun(trailers, run);
        return trailers;
    }

    private static UndoReport Done(StageContext context, bool changed, string summary)
    {
        context.Log.Info(summary);
        return new UndoReport(changed, summary);
    }
}
