namespace Pipelines.Core;

/// <summary>A scanner could not do its work: its database could not be downloaded, a rate limit, a time limit. Nothing is said about the image. A retry may help.</summary>
public sealed class ScannerUnavailableException : PipelineException
{
    internal ScannerUnavailableException(string what, string evidence, Exception? innerException = null)
        : base(
            what,
            evidence,
            "This is no finding; a retry often helps. If it stays: keep Trivy's cache between runs, or point TRIVY_DB_REPOSITORY and TRIVY_JAVA_DB_REPOSITORY at a mirror of your own.",
            innerException)
    { }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
