namespace Pipelines.Core.GitOps;

/// <summary>What a deployment writes into the manifest repository.</summary>
/// <param name="App">The service.</param>
/// <param name="Tag">The tag it shall run.</param>
/// <param name="RunId">The run that says so. It also tells our own commit from others when an answer of the server was lost.</param>
internal sealed record ManifestCommit(string App, string Tag, string RunId)
{
    internal const string RunTrailer = "Pipeline-Run";
    internal const string SourceCommitTrailer = "Source-Commit";
    internal const string SourceBranchTrailer = "Source-Branch";
    internal const string SourceDateTrailer = "Source-Date";

    /// <summary>Says of a deployment what its database migration left behind. Rollbacks across <see cref="IrreversibleMigration"/> ask a human first.</summary>
    internal const string MigrationTrailer = "Migration";

    internal const string IrreversibleMigration = "irreversible";

    /// <summary>The digest, for charts that have a key for it and for the check of blocked ones; null where neither counts.</summary>
    public string? Digest { get; init; }

    /// <summary>The environment; null where nothing is looked up for it.</summary>
    public string? Environment { get; init; }

    /// <summary>The commit of the service; null to let it overwrite anything.</summary>
    public SourceRevision? Source { get; init; }

    /// <summary>Whether it may take the place of a newer one: somebody asked for that.</summary>
    public bool AllowsOlder { get; init; }

    /// <summary>More lines at the end of the message, such as <c>Image</c> and <c>Source-Commit</c>.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers { get; init; } = [];

    public string Subject => $"ci: update {App} to {Tag} [skip ci]";

    public string Message => Compose(Subject, null, RunId, Trailers);

    internal static string Compose(string subject, string? body, string runId, IReadOnlyList<(string Name, string Value)> trailers) =>
        OneLine(subject) + "\n\n"
        + (body is null ? "" : body.ReplaceLineEndings("\n") + "\n\n")
        + string.Concat(trailers.Append((RunTrailer, runId)).Select(trailer => $"{trailer.Item1}: {OneLine(trailer.Item2)}\n"));

    private static string OneLine(string text) => text.ReplaceLineEndings(" ");
}
