using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Model;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>The one value of one file of the manifest repository: reads it, sets it by a commit, takes the commit back. Others may push at the same time; nothing of theirs is lost.</summary>
internal sealed partial class ManifestRepository : IDisposable
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMinutes(1);

    /// <summary>After so many lost attempts the waits become shorter again: who has waited longest becomes the most eager, so that nobody starves.</summary>
    private const int GrowingWaits = 6;

    private readonly ManifestTarget _target;
    private readonly StageContext _context;
    private readonly YamlKeyPath _key;
    private readonly string _folder;
    private BareClone? _clone;

    /// <exception cref="InvalidUsageException">The target is not usable.</exception>
    public ManifestRepository(ManifestTarget target, StageContext context)
    {
        ManifestTargets.Check(target);
        _target = target;
        _context = context;
        _key = YamlKeyPath.Parse(target.Key);
        _folder = Path.Combine(context.Run.RunDirectory, "work", "manifest-" + Guid.NewGuid().ToString("N")[..8]);
    }

    /// <summary>The repository's address, for people.</summary>
    public string Name => GitUrl.WithoutUserInfo(_target.Repository);

    /// <summary>Sets the value and pushes.</summary>
    /// <exception cref="GitException">The repository cannot be reached or refuses.</exception>
    /// <exception cref="ManifestFileException">The file does not hold the value as it should. Nothing was pushed.</exception>
    /// <exception cref="DigestBlockedException">The digest was rolled back in this environment. Nothing was pushed.</exception>
    /// <exception cref="OlderCommitException">What runs there is newer. Nothing was pushed.</exception>
    public async Task<ManifestChange> SetTagAsync(ManifestCommit commit, CancellationToken cancellationToken)
    {
        string? attempted = null;
        ManifestEdit? previous = null;
        ManifestChange? change = null;
        await PushAsync(
            async clone =>
            {
                (GitFile file, GitFile? blocked) = await ReadAsync(clone, commit, cancellationToken).ConfigureAwait(false);
                ManifestEdit value = ManifestEdit.Open(_target, file.Bytes);
                byte[] bytes = value.Set(commit.Tag, commit.Digest);
                if (bytes.AsSpan().SequenceEqual(file.Bytes))
                {
                    (string tip, string message) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
                    // The answer to a push may be lost after the server took it: then the value is there because of us.
                    if (attempted is not null && await clone.ContainsAsync(tip, attempted, cancellationToken).ConfigureAwait(false))
                        change = new ManifestChange(attempted, Changed: true, previous?.Tag) { PreviousDigest = previous?.Digest };
                    else if (IsOurs(message, commit) && await PreviousOfAsync(clone, tip, cancellationToken).ConfigureAwait(false) is var before && before != commit.Tag)
                        change = new ManifestChange(tip, Changed: true, before);
                    else
                        change = new ManifestChange(tip, Changed: false, commit.Tag) { PreviousDigest = value.Digest };
                    return false;
                }

                // On the very state that is pushed onto: whatever changes after this look, the push is refused and all is looked at again.
                if (commit.Environment is not null && EnvironmentLease.Find(commit.RunId, commit.App, commit.Environment) is { } lease)
                    await lease.ConfirmAsync(cancellationToken).ConfigureAwait(false);
                RefuseBlocked(commit, blocked);
                await RefuseOlderAsync(clone, commit, value, cancellationToken).ConfigureAwait(false);
                previous = value;
                attempted = await clone.CommitAsync([new GitFileChange(_target.File, bytes, file.Mode)], commit.Message, Identity, cancellationToken).ConfigureAwait(false);
                change = new ManifestChange(attempted, Changed: true, value.Tag) { PreviousDigest = value.Digest };
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return change!;
    }

    /// <summary>Whether a revision contains our commit, and what value it holds there.</summary>
    /// <param name="revision">The revision that is asked about.</param>
    /// <param name="commit">Our commit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Whether our commit is in it; and the value at that revision, null where there is none.</returns>
    public async Task<(bool Contains, string? Tag)> LookAtAsync(string revision, string commit, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        if (!await clone.ContainsAsync(revision, commit, cancellationToken).ConfigureAwait(false))
            return (false, null);
        GitFile? file = await clone.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false);
        return (true, file is { IsRegular: true } ? YamlScalarEdit.Open(_target.File, file.Bytes, _key).Value : null);
    }

    /// <summary>What a revision without our commit says, where somebody has rewritten the branch: ours is in it no more, and the revision is. Null where the branch still holds ours, so that the revision is merely an older one.</summary>
    /// <param name="revision">The revision that is asked about.</param>
    /// <param name="commit">Our commit.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<ManifestValue?> FindRewrittenAsync(string revision, string commit, CancellationToken cancellationToken)
    {
        if (await HoldsAsync(commit, cancellationToken).ConfigureAwait(false) || !await HoldsAsync(revision, cancellationToken).ConfigureAwait(false))
            return null;
        GitFile? file = await _clone!.ReadAsync(revision, _target.File, cancellationToken).ConfigureAwait(false);
        var value = ManifestEdit.TryOpen(_target, file is { IsRegular: true } ? file.Bytes : null);
        return new ManifestValue(revision, value?.Tag, value?.Digest);
    }

    /// <summary>Removes the copy.</summary>
    public void Dispose()
    {
        try
        {
            if (!Directory.Exists(_folder))
                return;
            foreach (string file in Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories))
                if (OperatingSystem.IsWindows())
                    File.SetAttributes(file, FileAttributes.Normal); // git's objects are read-only
            Directory.Delete(_folder, recursive: true);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _context.Log.Warning($"The copy of the manifest repository could not be removed from {_folder}: {exception.Message}");
        }
    }

    private GitIdentity Identity => new(_target.AuthorName, _target.AuthorEmail, _context.Time.GetUtcNow());

    private static bool IsOurs(string message, ManifestCommit commit) =>
        message.StartsWith(commit.Subject, StringComparison.Ordinal) && message.Split('\n').Contains($"{ManifestCommit.RunTrailer}: {commit.RunId}");

    private async Task<string?> PreviousOfAsync(BareClone clone, string commit, CancellationToken cancellationToken) =>
        await clone.DeepenToParentAsync(commit, cancellationToken).ConfigureAwait(false)
        && await clone.ReadAsync(commit + "^", _target.File, cancellationToken).ConfigureAwait(false) is { IsRegular: true } file
            ? YamlScalarEdit.Open(_target.File, file.Bytes, _key).Value
            : null;

    /// <summary>Prepares a commit on the newest state and pushes it; does both again where somebody else was faster.</summary>
    /// <param name="prepare">Makes the commit; false where there is nothing to push.</param>
    /// <param name="cancellationToken">Ends it.</param>
    private async Task PushAsync(Func<BareClone, Task<bool>> prepare, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            long started = _context.Time.GetTimestamp();
            try
            {
                BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
                started = _context.Time.GetTimestamp();
                if (await prepare(clone).ConfigureAwait(false))
                    await clone.PushAsync(_context.ForceToken).ConfigureAwait(false); // brought to its end also when the run is asked to end: one that is broken off may have arrived, and nobody would undo it
                return;
            }
            catch (GitException exception) when (exception.Failure == GitFailure.Rejected && attempt < _target.PushAttempts)
            {
                TimeSpan wait = Wait(attempt, _context.Time.GetElapsedTime(started));
                _context.Log.Info($"Somebody else pushed to '{_target.Branch}' at the same time: trying again on the newest state (attempt {attempt + 1} of {_target.PushAttempts}).");
                await Task.Delay(wait, _context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "it spreads attempts in time; nothing depends on it being secret")]
    private static TimeSpan Wait(int attempt, TimeSpan took)
    {
        // In durations of an attempt: what is a long wait for a repository on this machine is none for a busy server. With fifty at once each needs a window of about fifty attempts.
        double unit = Math.Max(took.TotalMilliseconds, FirstWait.TotalMilliseconds);
        int doublings = attempt <= GrowingWaits ? attempt - 1 : Math.Max(0, (2 * GrowingWaits) - 1 - attempt);
        double longest = Math.Min(LongestWait.TotalMilliseconds, unit * Math.Pow(2, doublings));
        return TimeSpan.FromMilliseconds((longest / 4) + (Random.Shared.NextDouble() * longest * 3 / 4));
    }

    private async Task<BareClone> OpenAsync(CancellationToken cancellationToken)
    {
        if (_clone is not null)
        {
            await _clone.FetchAsync(cancellationToken).ConfigureAwait(false);
            return _clone;
        }

        GitRemote remote = await ManifestTargets.RemoteAsync(_target, _context, cancellationToken).ConfigureAwait(false);
        Directory.CreateDirectory(_folder);
        return _clone = await BareClone.CreateAsync(remote, _folder, _context.Time, cancellationToken, _context.ForceToken, _context.Secrets).ConfigureAwait(false);
    }

    /// <summary>The manifest, and beside it the file of the blocked digests, where there is one.</summary>
    private async Task<(GitFile Manifest, GitFile? Blocked)> ReadAsync(BareClone clone, ManifestCommit commit, CancellationToken cancellationToken)
    {
        string[] paths = commit.Environment is null ? [_target.File] : [_target.File, BlockedDigests.File(commit.App, commit.Environment)];
        IReadOnlyList<GitFile?> files = await clone.ReadAsync(clone.Tip, paths, cancellationToken).ConfigureAwait(false);
        return (await RegularAsync(clone, files[0], cancellationToken).ConfigureAwait(false), files.Count > 1 ? files[1] : null);
    }

    private async Task<GitFile> RegularAsync(BareClone clone, GitFile? file, CancellationToken cancellationToken)
    {
        if (file is { IsRegular: true })
            return file;
        if (file is not null)
        {
            throw new ManifestFileException(
                $"'{_target.File}' in the manifest repository is {(file.IsSymbolicLink ? "a symbolic link" : "no file")}.", _target.File, null, null, $"  repository {Name}, branch {_target.Branch}", "Set manifest.file to the file itself.");
        }

        string? nearest = NearestName.Find(_target.File, await clone.ListAsync(cancellationToken).ConfigureAwait(false));
        throw new ManifestFileException(
            $"There is no file '{_target.File}' in the manifest repository.",
            _target.File,
            null,
            null,
            $"  repository {Name}, branch {_target.Branch}",
            (nearest is null ? "" : $"Is '{nearest}' meant? ") + $"Set manifest.file, or add the file once with the key '{_target.Key}'; from then on each deployment sets it.");
    }
}
