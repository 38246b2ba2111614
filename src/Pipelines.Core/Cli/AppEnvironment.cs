using System.Diagnostics.CodeAnalysis;
using System.Text;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Hosts;

namespace Pipelines.Core.Cli;

/// <summary>What the program sees of the machine. Tests give their own.</summary>
internal sealed record AppEnvironment
{
    public required TextWriter Output { get; init; }

    public required TextWriter Error { get; init; }

    public required HostEnvironment Variables { get; init; }

    public required string CurrentDirectory { get; init; }

    /// <summary>Where the program's own files are.</summary>
    public required string BaseDirectory { get; init; }

    /// <summary>Whether the output is a terminal that understands cursor movement.</summary>
    public bool IsTerminal { get; init; }

    /// <summary>What a person types; null where nobody sits at the terminal.</summary>
    public Func<TextReader>? Input { get; init; }

    /// <summary>The account of the person at the terminal.</summary>
    public string User { get; init; } = System.Environment.UserName;

    public bool HandlesSignals { get; init; }

    /// <summary>A test that looks on while the journal is written.</summary>
    public JournalWatch? JournalWatch { get; init; }

    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The machine as it is.</summary>
    public static AppEnvironment Process()
    {
#pragma warning disable RS0030 // Cli owns the terminal
        return new AppEnvironment
        {
            Output = Writer(Console.OpenStandardOutput, () => Console.Out),
            Error = Writer(Console.OpenStandardError, () => Console.Error),
            IsTerminal = !Console.IsOutputRedirected,
            Input = Console.IsInputRedirected || Console.IsOutputRedirected ? null : () => Console.In,
            Variables = HostEnvironment.Process,
            CurrentDirectory = Environment.CurrentDirectory,
            BaseDirectory = AppContext.BaseDirectory,
            HandlesSignals = true,
        };
#pragma warning restore RS0030
    }

    /// <summary>A writer of UTF-8. <c>Console.Out</c> would first set up a terminal for input, which costs more than a small run; only Windows needs it, for its code pages.</summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "lives as long as the process; every write is flushed")]
    private static TextWriter Writer(Func<Stream> open, Func<TextWriter> console) => OperatingSystem.IsWindows()
        ? console()
        : TextWriter.Synchronized(new StreamWriter(open(), new UTF8Encoding(encoderShouldEmitUTF8Identifier: false), bufferSize: 1024) { AutoFlush = true });
}
