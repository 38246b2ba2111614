namespace Pipelines.Core.GitOps;

/// <summary>What somebody asked <c>rollback</c> for.</summary>
/// <param name="App">The service.</param>
/// <param name="Environment">The environment.</param>
/// <param name="RunId">The id of the command's call, as runs have one.</param>
/// <param name="By">Who asks.</param>
/// <param name="Reason">Why.</param>
internal sealed record RollbackRequest(string App, string Environment, string RunId, string By, string Reason)
{
    /// <summary>A tag, a digest, a commit of the service or of the manifest repository, or the beginning of one; null for the version before.</summary>
    public string? To { get; init; }

    /// <summary>Whether a human has decided that the older version can live with the database as it is.</summary>
    public bool AcceptsMigration { get; init; }

    /// <summary>More lines for the message.</summary>
    public IReadOnlyList<(string Name, string Value)> Trailers { get; init; } = [];
}
