using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps.Preview;

/// <summary>The previews of a service in the manifest repository: each is one file. Every change is decided on the very state that it is pushed onto, so that runs, and clean-ups, may work at the same time.</summary>
internal sealed class PreviewRepository : IDisposable
{
    private readonly Previews _previews;
    private readonly StageContext _context;
    private readonly ManifestRepository _repository;

    /// <exception cref="InvalidUsageException">The previews are not set up so that they can work.</exception>
    public PreviewRepository(Previews previews, StageContext context)
    {
        _previews = previews;
        _context = context;
        _repository = new ManifestRepository(PreviewPlace.Of(previews, 1).Environment.Manifest, context); // every preview's: they differ in the file, which each call names
    }

    public string Name => _repository.Name;

    /// <summary>All previews, by their numbers.</summary>
    public Task<IReadOnlyList<PreviewState>> ListAsync(CancellationToken cancellationToken) => _repository.LookAsync(clone => ListAsync(clone, cancellationToken), cancellationToken);

    /// <summary>Puts a preview up, or brings it to another image.</summary>
    /// <exception cref="PreviewException">There are too many, or the file is somebody's own.</exception>
    /// <exception cref="OlderCommitException">The preview runs a newer commit of the pull request.</exception>
    /// <exception cref="ManifestFileException">The template cannot be used.</exception>
    public async Task<PreviewChange> PutUpAsync(PreviewPlace place, PublishedImage image, IReadOnlyList<(string, string)> trailers, CancellationToken cancellationToken)
    {
        PreviewState? before = null;
        (string revision, bool changed) = await _repository.ChangeFilesAsync(
            async clone =>
            {
                string file = place.Environment.Manifest.File;
                string[] paths = PreviewTemplate.FileOf(_previews) is { } template ? [file, template] : [file];
                IReadOnlyList<GitFile?> files = await clone.ReadAsync(clone.Tip, paths, cancellationToken).ConfigureAwait(false);
                before = Read(place.Number, file, files[0]);
                if (before is null && files[0] is not null)
                    throw new PreviewException($"'{file}' in the manifest repository was not made by a preview, so it is left alone.", $"  repository {Name}", "Remove that file, or let manifest.file give previews another place.");
                string body = await PreviewTemplate.RenderAsync(_previews, place, image, files.Count > 1 ? files[1] : null, () => clone.ListAsync(cancellationToken), _context, cancellationToken).ConfigureAwait(false);
                if (before is not null && PreviewNote.Read(before.Bytes)!.Value.Body == body)
                    return null;
                await RefuseAsync(clone, place, image, before, cancellationToken).ConfigureAwait(false);
                byte[] bytes = System.Text.Encoding.UTF8.GetBytes(NoteOf(place, image, before).Write() + body);
                return ([new GitFileChange(file, bytes)], ManifestCommit.Compose($"ci: preview {_previews.App} {image.Reference.Tag} for pull request {place.Number} [skip ci]", null, _context.Run.Id, trailers));
            },
            cancellationToken).ConfigureAwait(false);
        return new PreviewChange(revision, changed, before);
    }

    /// <summary>What this run did to a preview, where that is in the history already; null where it did nothing yet.</summary>
    public Task<PreviewChange?> FindAsync(PreviewPlace place, PublishedImage image, CancellationToken cancellationToken) => _repository.LookAsync<PreviewChange?>(
        async clone =>
        {
            string file = place.Environment.Manifest.File;
            IReadOnlyList<(string Id, string Message)> ours = await clone.FindCommitsAsync(file, $"{ManifestCommit.RunTrailer}: {_context.Run.Id}", cancellationToken).ConfigureAwait(false);
            if (ours is not [var newest, ..] || !newest.Message.StartsWith($"ci: preview {_previews.App} {image.Reference.Tag} ", StringComparison.Ordinal))
                return null;
            PreviewState? before = await clone.DeepenToParentAsync(newest.Id, cancellationToken).ConfigureAwait(false) ? Read(place.Number, file, await clone.ReadAsync(newest.Id + "^", file, cancellationToken).ConfigureAwait(false)) : null;
            return new PreviewChange(newest.Id, Changed: true, before);
        },
        cancellationToken);

    /// <summary>Removes a preview.</summary>
    /// <param name="number">Which.</param>
    /// <param name="seen">The file as it was when its removal was decided; null to remove whatever version is there.</param>
    /// <param name="why">A sentence for the message.</param>
    /// <param name="trailers">More lines of the message.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The commit, and the preview as it was. Nothing was changed where there is none, or where it was changed since it was seen.</returns>
    public async Task<PreviewChange> RemoveAsync(int number, byte[]? seen, string why, IReadOnlyList<(string, string)> trailers, CancellationToken cancellationToken)
    {
        string file = PreviewPlace.Of(_previews, number).Environment.Manifest.File;
        PreviewState? before = null;
        (string revision, bool changed) = await _repository.ChangeFilesAsync(
            async clone =>
            {
                PreviewState? now = Read(number, file, await clone.ReadAsync(clone.Tip, file, cancellationToken).ConfigureAwait(false));
                before = now ?? before; // after a lost answer it is gone because of us
                if (now is null || (seen is not null && !now.Bytes.AsSpan().SequenceEqual(seen)))
                    return null;
                return ([new GitFileChange(file, null)], ManifestCommit.Compose($"ci: remove the preview of {_previews.App} for pull request {number} [skip ci]", why, _context.Run.Id, trailers));
            },
            cancellationToken).ConfigureAwait(false);
        return new PreviewChange(revision, changed, before);
    }

    /// <summary>Takes back what a run did to a preview: one that it made goes, one that it changed is as before. What others did since is left alone.</summary>
    public async Task<PreviewReversal> TakeBackAsync(PreviewPlace place, string revision, string why, CancellationToken cancellationToken)
    {
        string file = place.Environment.Manifest.File;
        PreviewState? earlier = null;
        (string commit, bool changed) = await _repository.ChangeFilesAsync(
            async clone =>
            {
                bool isKnown = await clone.DeepenToParentAsync(revision, cancellationToken).ConfigureAwait(false);
                PreviewState? now = Read(place.Number, file, await clone.ReadAsync(clone.Tip, file, cancellationToken).ConfigureAwait(false));
                if (now is null || now.Note.Run != _context.Run.Id)
                    return null;
                GitFile? before = isKnown ? await clone.ReadAsync(revision + "^", file, cancellationToken).ConfigureAwait(false) : null; // without a history it goes: the pull request's next run makes it anew
                earlier = Read(place.Number, file, before);
                string subject = earlier is null ? $"ci: remove the preview of {_previews.App} for pull request {place.Number} [skip ci]" : $"ci: revert the preview of {_previews.App} for pull request {place.Number} to {earlier.Tag} [skip ci]";
                return ([new GitFileChange(file, earlier?.Bytes)], ManifestCommit.Compose(subject, $"{why}\nThis reverts commit {revision}.", _context.Run.Id, []));
            },
            cancellationToken).ConfigureAwait(false);
        return new PreviewReversal(changed ? commit : null, earlier?.Tag);
    }

    public void Dispose() => _repository.Dispose();

    private async Task<IReadOnlyList<PreviewState>> ListAsync(BareClone clone, CancellationToken cancellationToken)
    {
        (int Number, string File)[] found = [.. PreviewPlace.Find(_previews, await clone.ListAsync(cancellationToken).ConfigureAwait(false)).OrderBy(one => one.Number)];
        if (found.Length == 0)
            return [];
        IReadOnlyList<GitFile?> files = await clone.ReadAsync(clone.Tip, [.. found.Select(one => one.File)], cancellationToken).ConfigureAwait(false);
        return [.. found.Select((one, index) => Read(one.Number, one.File, files[index])).OfType<PreviewState>()];
    }

    /// <summary>What may stop a new version: too many previews, or a newer commit.</summary>
    private async Task RefuseAsync(BareClone clone, PreviewPlace place, PublishedImage image, PreviewState? before, CancellationToken cancellationToken)
    {
        if (before is not null)
        {
            SourceRevision source = image.Image.Image.Source;
            if (!_context.Run.AllowsOlder && before.Note.Commit != source.Commit && await SourceHistory.CompareAsync(_context, source, before.Note.Commit, cancellationToken).ConfigureAwait(false) == SourceOrder.Older)
                throw new OlderCommitException(_previews.App, place.Name, source.Commit, before.Note.Commit, "by the history of this checkout, in which it comes after ours", null);
            return;
        }

        IReadOnlyList<PreviewState> others = await ListAsync(clone, cancellationToken).ConfigureAwait(false);
        if (others.Count < _previews.Limit)
            return;
        IEnumerable<string> oldest = others.OrderBy(one => one.Note.Updated).Take(3).Select(one => $"  {one.Number}: last changed {DocumentJson.Time(one.Note.Updated)} by {one.Note.By}");
        throw new PreviewException(
            $"There are {others.Count} previews of {_previews.App} already, and preview.limit is {_previews.Limit}: pull request {place.Number} gets none.",
            "  the oldest:\n" + string.Join('\n', oldest),
            $"Take one down (preview down --number {others.MinBy(one => one.Note.Updated)!.Number}), remove what was left behind (preview clean), or raise preview.limit.");
    }

    private PreviewNote NoteOf(PreviewPlace place, PublishedImage image, PreviewState? before)
    {
        DateTimeOffset now = _context.Time.GetUtcNow();
        return new PreviewNote(_previews.App, place.Number, before?.Note.Since ?? now, now, _context.Run.Actor ?? "unknown", _context.Run.Id, image.Image.Image.Source.Commit) { Url = place.Url?.AbsoluteUri };
    }

    /// <summary>Null where there is none, and where what is there was made by somebody else: that is never touched.</summary>
    private PreviewState? Read(int number, string file, GitFile? found)
    {
        if (found is not { IsRegular: true } || PreviewNote.Read(found.Bytes) is not var (note, _) || note.App != _previews.App || note.Number != number)
            return null;
        return new PreviewState(number, file, ManifestEdit.TryOpen(_previews.Manifest with { File = file }, found.Bytes)?.Tag, note, found.Bytes);
    }
}
