namespace Pipelines.Core.Reporting;

/// <summary>A file of the run could not be written. It fails nothing: the run goes on without the file.</summary>
internal sealed class ReportFileException : PipelineException
{
    public ReportFileException(string path, Exception innerException)
        : base(
            $"{Path.GetFileName(path)} could not be written: {Reason(innerException)}",
            $"file: {path}",
            "The run itself is not affected. Make room or make the folder writable, then run again if you need the file.",
            innerException)
    { }

    /// <summary>Whether an error is about the file or its folder, and not one of ours.</summary>
    public static bool IsAboutFile(Exception exception) => exception is IOException or UnauthorizedAccessException or NotSupportedException or System.Security.SecurityException;

    private static string Reason(Exception exception) => exception switch
    {
        UnauthorizedAccessException => "no permission.",
        DirectoryNotFoundException => "its folder is gone.",
        PathTooLongException => "the path is too long.",
        _ => exception.Message, // "No space left on device", "Read-only file system", …
    };
}
