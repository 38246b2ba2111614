namespace Pipelines.Core.Reporting;

/// <summary>The last lines of a stage's log, for the report page.</summary>
internal sealed class LogTail
{
    private const int MaxLines = 200;
    private const int MaxLineLength = 2000;

    private readonly Queue<LogLine> _lines = new();

    /// <summary>How many lines there were in all.</summary>
    public int Count { get; private set; }

    public IReadOnlyCollection<LogLine> Lines => _lines;

    public void Add(LogLevel level, string text)
    {
        Count++;
        if (_lines.Count == MaxLines)
            _lines.Dequeue();
        _lines.Enqueue(new LogLine(level, LogText.Cut(LogText.Line(text), MaxLineLength)));
    }

    internal sealed record LogLine(LogLevel Level, string Text);
}
