namespace Pipelines.Sandbox.Aws;

/// <summary>A parameter of Parameter Store.</summary>
/// <param name="Versions">Its values; the first is version 1, the last the current one.</param>
internal sealed record StoredParameter(params IReadOnlyList<string> Versions)
{
    /// <summary>Versions by label.</summary>
    public Dictionary<string, int> Labels { get; init; } = new(StringComparer.Ordinal);
}
