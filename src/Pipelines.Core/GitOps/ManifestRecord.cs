using System.Globalization;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>One commit that changed what an environment runs, as the manifest's history tells it.</summary>
/// <param name="Revision">The commit of the manifest repository.</param>
/// <param name="At">When it was committed.</param>
/// <param name="Author">Who committed.</param>
/// <param name="Subject">The first line of the message.</param>
/// <param name="Tag">The tag from then on; null where the file held none.</param>
/// <param name="Digest">The digest from then on: the file's, else the message's; null where neither says.</param>
/// <param name="Trailers">The lines at the end of the message.</param>
internal sealed record ManifestRecord(string Revision, DateTimeOffset At, string Author, string Subject, string? Tag, string? Digest, IReadOnlyDictionary<string, string> Trailers)
{
    /// <summary>The commit of the service; null where the message does not say.</summary>
    public string? SourceCommit => Trailers.GetValueOrDefault(ManifestCommit.SourceCommitTrailer);

    public string? SourceBranch => Trailers.GetValueOrDefault(ManifestCommit.SourceBranchTrailer);

    /// <summary>When the service's commit was made.</summary>
    public DateTimeOffset? SourceDate =>
        DateTimeOffset.TryParse(Trailers.GetValueOrDefault(ManifestCommit.SourceDateTrailer), CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out DateTimeOffset date) ? date : null;

    public string? RunId => Trailers.GetValueOrDefault(ManifestCommit.RunTrailer);

    public string? BuildUrl => Trailers.GetValueOrDefault("Build-Url");

    /// <summary>Who started the run; null where nobody says.</summary>
    public string? StartedBy => Trailers.GetValueOrDefault("Started-By");

    public string? ApprovedBy => Trailers.GetValueOrDefault("Approved-By");

    /// <summary>Whether a migration ran before it that nothing takes back.</summary>
    public bool HasIrreversibleMigration => Trailers.GetValueOrDefault(ManifestCommit.MigrationTrailer) == ManifestCommit.IrreversibleMigration;

    /// <summary>Who did it, for people: the person where one is known, else the committer.</summary>
    public string By => StartedBy ?? Author;

    public string ShortRevision => Revision[..Math.Min(10, Revision.Length)];

    public ManifestRecordKind Kind =>
        Subject.StartsWith("ci: update ", StringComparison.Ordinal) ? ManifestRecordKind.Deployment
        : Subject.StartsWith("ci: revert ", StringComparison.Ordinal) ? ManifestRecordKind.Undo
        : Subject.StartsWith("ci: roll back ", StringComparison.Ordinal) ? ManifestRecordKind.Rollback
        : ManifestRecordKind.ByHand;

    public static ManifestRecord Of(GitLogEntry entry, ManifestEdit? file)
    {
        var trailers = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (string line in entry.Message.Split("\n\n")[^1].Split('\n'))
            if (line.IndexOf(": ", StringComparison.Ordinal) is var colon and > 0 && !line[..colon].Contains(' ', StringComparison.Ordinal))
                trailers[line[..colon]] = line[(colon + 2)..].Trim();
        string? digest = file?.Digest ?? (trailers.GetValueOrDefault("Image") is { } image && image.IndexOf('@', StringComparison.Ordinal) is var at and > 0 ? image[(at + 1)..] : null);
        return new ManifestRecord(entry.Id, entry.At, entry.Author, entry.Subject, file?.Tag, digest, trailers);
    }
}
