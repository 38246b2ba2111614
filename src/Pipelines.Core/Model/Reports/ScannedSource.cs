namespace Pipelines.Core;

/// <summary>Evidence that the sources were scanned for secrets and nothing blocks them. Only <c>SecretScan</c> makes one.</summary>
public sealed record ScannedSource
{
    internal ScannedSource(string? commit, ScanResult scan)
    {
        Commit = commit;
        Scan = scan;
    }

    /// <summary>The commit whose files were scanned; null where the run knows none.</summary>
    public string? Commit { get; }

    /// <summary>What the scan found; what is in it may pass, by an entry of the allow list.</summary>
    public ScanResult Scan { get; }
}
