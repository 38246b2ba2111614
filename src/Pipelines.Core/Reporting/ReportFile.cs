using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Files of a run that are written in one go.</summary>
internal static class ReportFile
{
    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    /// <summary>Writes the file whole or not at all: a temporary one beside it first, then a rename.</summary>
    /// <exception cref="ReportFileException">It could not be written.</exception>
    public static void Write(string path, StringBuilder content)
    {
        string temporary = path + ".tmp";
        try
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            using (var writer = new StreamWriter(temporary, append: false, Utf8))
                writer.Write(content);
            File.Move(temporary, path, overwrite: true);
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            TryDelete(temporary);
            throw new ReportFileException(path, exception);
        }
    }

    /// <summary>Adds to a file that others write too.</summary>
    /// <exception cref="ReportFileException">It could not be written.</exception>
    public static void Append(string path, string content)
    {
        try
        {
            File.AppendAllText(path, content, Utf8);
        }
        catch (Exception exception) when (ReportFileException.IsAboutFile(exception))
        {
            throw new ReportFileException(path, exception);
        }
    }

    /// <summary>Waits for a file that is written beside the run's end.</summary>
    /// <remarks>It blocks: the file is there within milliseconds, and to suspend all callers for it has the JIT compile thirty methods, which takes longer.</remarks>
    /// <exception cref="ReportFileException">It could not be written.</exception>
    [SuppressMessage("Performance", "CA1849:Call async methods when in an async method", Justification = "see the remarks")]
    public static Task Written(Task? writing)
    {
        writing?.GetAwaiter().GetResult();
        return Task.CompletedTask;
    }

    private static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            // The first error is the one to tell of.
        }
    }
}
