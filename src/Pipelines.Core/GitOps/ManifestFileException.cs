using System.Globalization;

namespace Pipelines.Core;

/// <summary>A file of the manifest repository does not hold the value that a deployment sets, or holds it in a way that cannot be edited safely. Nothing was pushed.</summary>
public sealed class ManifestFileException : PipelineException
{
    internal ManifestFileException(string what, string file, long? line, long? column, string? evidence, string advice, Exception? innerException = null)
        : base(what, Place(file, line, column) + (evidence is null ? "" : "\n" + evidence), advice, innerException)
    {
        File = file;
        Line = line;
        Column = column;
    }

    /// <summary>The file, from the root of the manifest repository.</summary>
    public string File { get; }

    /// <summary>The line, from 1; null where the file as a whole is meant.</summary>
    public long? Line { get; }

    /// <summary>The column, from 1; null where the file as a whole is meant.</summary>
    public long? Column { get; }

    private static string Place(string file, long? line, long? column) =>
        line is null ? $"  {file}" : string.Create(CultureInfo.InvariantCulture, $"  {file}:{line}:{column}");
}
