namespace Pipelines.Core.GitOps;

/// <summary>What a deployment writes into the manifest repository.</summary>
/// <param name="App">The service.</param>
/// <param name="Tag">The tag it shall run.</param>
/// <param name="RunId">The run that says so. It also tells our own commit from others when an answer of the server was lost.</param>
internal sealed record ManifestCommit(string App, string Tag, string RunId)
{
    internal const string RunTrailer = "Pipeline-Run";

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
