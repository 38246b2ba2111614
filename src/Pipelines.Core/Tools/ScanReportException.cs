namespace Pipelines.Core;

/// <summary>A scanner's output cannot be understood. What it scanned does not pass: nothing is known about it.</summary>
public sealed class ScanReportException : PipelineException
{
    internal ScanReportException(string reason, Exception? innerException = null)
        : base(
            "The scan's report cannot be read, so the image does not pass.",
            $"  {reason}",
            "Only Trivy's own JSON report counts ('trivy image --format json'). Check that 'trivy' on the PATH is Trivy itself, version 0.20 or later, and that no trivy.yaml sets another format.",
            innerException)
    { }

    internal ScanReportException(string what, string reason, string advice, Exception? innerException)
        : base(what, $"  {reason}", advice, innerException)
    { }
}
