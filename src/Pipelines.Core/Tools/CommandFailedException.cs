namespace Pipelines.Core;

/// <summary>A command failed. The message holds the command line, how it ended and its last lines.</summary>
public sealed class CommandFailedException : PipelineException
{
    internal CommandFailedException(Command command, string ended, int? exitCode, IReadOnlyList<string> lastLines, string? advice = null)
        : base($"'{command}' {ended}.", lastLines.Count == 0 ? null : string.Join('\n', lastLines.Select(line => "  " + line)), advice)
    {
        ExitCode = exitCode;
        LastLines = lastLines;
    }

    /// <summary>Its exit code; null where a signal or the time limit ended it.</summary>
    public int? ExitCode { get; }

    /// <summary>The last lines it printed, at most 20.</summary>
    public IReadOnlyList<string> LastLines { get; }
}
