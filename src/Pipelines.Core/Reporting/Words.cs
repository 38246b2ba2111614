namespace Pipelines.Core.Reporting;

/// <summary>The names that reports give to values.</summary>
internal static class Words
{
    public static string Severity(Severity severity) => severity switch
    {
        Core.Severity.Critical => "CRITICAL",
        Core.Severity.High => "HIGH",
        Core.Severity.Medium => "MEDIUM",
        Core.Severity.Low => "LOW",
        _ => "UNKNOWN",
    };

    /// <summary>A sign beside the word, so that no meaning hangs on colour alone.</summary>
    public static string Symbol(StageOutcome? outcome) => outcome switch
    {
        StageOutcome.Succeeded => "✓",
        StageOutcome.Restored => "↺",
        StageOutcome.Failed => "✗",
        StageOutcome.TimedOut => "⧖",
        StageOutcome.Cancelled => "■",
        _ => "–",
    };

    public static string Mode(RunMode mode) => mode == RunMode.Live ? "live" : "sandbox";

    /// <summary>Such as <c>41 passed, 1 failed, 87 % of lines covered</c>.</summary>
    public static string Tests(TestResults results)
    {
        string text = $"{results.Passed} passed";
        if (results.Failed > 0)
            text += $", {results.Failed} failed";
        if (results.Skipped > 0)
            text += $", {results.Skipped} skipped";
        return results.Coverage is { } coverage ? $"{text}, {Amounts.Share(coverage)} of lines covered" : text;
    }

    /// <summary>Such as <c>2 CRITICAL, 1 HIGH; 3 block</c>.</summary>
    public static string Scan(ScanResult scan)
    {
        var parts = new List<string>();
        for (Severity severity = Core.Severity.Critical; severity >= Core.Severity.Unknown; severity--)
            if (scan.Count(severity) is > 0 and var count)
                parts.Add($"{count} {Severity(severity)}");
        string text = parts.Count == 0 ? "no findings" : string.Join(", ", parts);
        if (scan.Blocking.Count > 0)
            text += scan.Blocking.Count == 1 ? "; 1 blocks" : $"; {scan.Blocking.Count} block";
        if (scan.Ignored.Count > 0)
            text += $"; {scan.Ignored.Count} ignored";
        return scan.Simulated ? text + " (simulated: no scanner looked at the image)" : text;
    }
}
