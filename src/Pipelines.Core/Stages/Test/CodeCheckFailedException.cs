namespace Pipelines.Core;

/// <summary>A checker such as flake8 found something in the code.</summary>
public sealed class CodeCheckFailedException : PipelineException
{
    private const int LinesShown = 10;

    internal CodeCheckFailedException(string tool, string path, IReadOnlyList<string> findings, string advice)
        : base($"{tool} found something to mend in {path}.", Describe(findings), advice) => Findings = findings;

    /// <summary>What it printed, a line each.</summary>
    public IReadOnlyList<string> Findings { get; }

    private static string Describe(IReadOnlyList<string> findings) =>
        string.Join('\n', findings.Take(LinesShown).Select(line => "  " + line)) + (findings.Count > LinesShown ? $"\n  … and {findings.Count - LinesShown} more lines" : "");
}
