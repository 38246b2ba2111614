namespace Pipelines.Core;

/// <summary>What a scan found in one image.</summary>
/// <param name="Scanner">Which scanner, with its version where it tells it.</param>
/// <param name="Findings">Everything it found, worst first.</param>
/// <param name="Blocking">Those that stop the image.</param>
/// <param name="Ignored">Those that would stop it, but for an entry of the ignore list.</param>
/// <param name="Simulated">True where no scanner looked at the image: only in the sandbox.</param>
public sealed record ScanResult(string Scanner, IReadOnlyList<Finding> Findings, IReadOnlyList<Finding> Blocking, IReadOnlyList<Finding> Ignored, bool Simulated = false)
{
    /// <summary>How many findings there are of a severity.</summary>
    /// <param name="severity">The severity.</param>
    public int Count(Severity severity) => Findings.Count(finding => finding.Severity == severity);
}
