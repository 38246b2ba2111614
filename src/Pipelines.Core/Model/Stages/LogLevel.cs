namespace Pipelines.Core;

/// <summary>What kind of line a log entry is.</summary>
public enum LogLevel
{
    /// <summary>A line that a tool printed.</summary>
    Output,

    /// <summary>Something worth knowing.</summary>
    Info,

    /// <summary>Something that may need a look.</summary>
    Warning,

    /// <summary>Something that is wrong.</summary>
    Error,
}
