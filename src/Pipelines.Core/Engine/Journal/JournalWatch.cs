namespace Pipelines.Core.Engine.Journal;

/// <summary>What tests see of a journal while it is written, and where they step in: kills, full disks.</summary>
internal sealed record JournalWatch
{
    /// <summary>Right before a record is written: its number from 1, and its text.</summary>
    public Action<int, string>? Writing { get; init; }

    /// <summary>Right after it was given to the operating system.</summary>
    public Action<int, string>? Written { get; init; }

    /// <summary>Opens the file instead of the journal.</summary>
    public Func<string, Stream>? Open { get; init; }
}
