namespace Pipelines.Core;

/// <summary>What a command left.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Output">What it printed to its standard output: the last 10 MB.</param>
/// <param name="ErrorOutput">What it printed to its standard error: the last 1 MB.</param>
/// <param name="Duration">How long it took.</param>
public sealed record CommandResult(int ExitCode, string Output, string ErrorOutput, TimeSpan Duration)
{
    /// <summary>Whether <see cref="Output"/> lost its beginning.</summary>
    public bool OutputTruncated { get; init; }

    /// <summary>Whether the exit code is 0.</summary>
    public bool Succeeded => ExitCode == 0;
}
