namespace Pipelines.Core.Tools.Trivy;

/// <summary>Tells Trivy's passing faults from its lasting ones (trivy-action#430, trivy-azure-pipelines-task#82).</summary>
internal static class TrivyErrors
{
    private static readonly string[] Database = ["failed to download vulnerability db", "failed to download java db", "database download error", "db download", "failed to download artifact", "oci artifact error", "trivy-db", "trivy-java-db", "trivy-checks", "db error", "init error: db"];

    private static readonly string[] Limits = ["toomanyrequests", "too many requests", "429", "rate limit"];

    private static readonly string[] Network =
    [
        "no such host", "connection refused", "connection reset", "i/o timeout", "tls handshake timeout", "context deadline exceeded", "client.timeout exceeded", "network is unreachable", "unexpected eof",
        "bad gateway", "service unavailable", "gateway timeout", "server misbehaving", "temporary failure in name resolution", "timeout: context", "unable to lock", "cache may be in use by another process",
    ];

    public static PipelineException Of(Command command, CommandResult result)
    {
        string[] lines = [.. result.ErrorOutput.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0)];
        string all = string.Join('\n', lines);
        string evidence = string.Join('\n', lines.TakeLast(5).Select(line => "  " + line));
        if (Has(all, Limits))
            return new ScannerUnavailableException("Trivy could not scan: a registry limits the rate.", evidence);
        if (Has(all, Database))
            return new ScannerUnavailableException("Trivy could not scan: its vulnerability database could not be downloaded.", evidence);
        if (Has(all, Network))
            return new ScannerUnavailableException("Trivy could not scan: a connection failed, or the time was over.", evidence);
        return new CommandFailedException(command, $"failed with exit code {result.ExitCode}", result.ExitCode, [.. lines.TakeLast(20)], "This is no finding: Trivy itself failed. The image does not pass.");
    }

    private static bool Has(string text, string[] signs) => signs.Any(sign => text.Contains(sign, StringComparison.OrdinalIgnoreCase));
}
