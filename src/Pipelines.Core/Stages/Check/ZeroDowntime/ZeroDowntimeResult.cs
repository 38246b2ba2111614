namespace Pipelines.Core;

/// <summary>What the zero-downtime check saw.</summary>
/// <param name="Findings">What is wrong. Empty in the output of a stage that succeeded.</param>
/// <param name="TurnedOff">What would be wrong, but for a rule that is off.</param>
/// <param name="Unknown">What could not be told, such as a value that is still a template.</param>
/// <param name="Resources">How many workloads were looked at.</param>
public sealed record ZeroDowntimeResult(IReadOnlyList<ManifestFinding> Findings, IReadOnlyList<ManifestFinding> TurnedOff, IReadOnlyList<ManifestFinding> Unknown, int Resources)
{
    /// <summary>Whether only Helm values were seen, and no rendered manifests.</summary>
    public bool ValuesOnly { get; init; }
}
