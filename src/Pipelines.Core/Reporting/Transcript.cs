namespace Pipelines.Core.Reporting;

/// <summary>The lines of one stage that a console shows: the first ones up to a limit and the last few, however much is printed. The log file has them all.</summary>
internal sealed class Transcript
{
    /// <summary>How many lines of one stage a console shows before it points to the log file.</summary>
    public const int MaxLines = 2000;

    /// <summary>How many of the last lines are shown all the same.</summary>
    public const int TailLines = 50;

    /// <summary>How much of one line is shown.</summary>
    public const int MaxLineLength = 8000;

    private const int MaxCharacters = 2_000_000;

    private readonly Queue<string> _tail = new();
    private int _characters;

    /// <summary>How many lines there were.</summary>
    public int Count { get; private set; }

    /// <summary>How many lines came after the limit.</summary>
    public int Beyond { get; private set; }

    /// <summary>The last lines of those beyond the limit.</summary>
    public IReadOnlyCollection<string> Tail => _tail;

    /// <summary>How many lines are shown nowhere but in the log file.</summary>
    public int Hidden => Beyond - _tail.Count;

    /// <summary>Whether the line is within the limit; if not, it is kept in case it is one of the last.</summary>
    public bool Admit(string line)
    {
        Count++;
        _characters += line.Length;
        if (Beyond == 0 && Count <= MaxLines && _characters <= MaxCharacters)
            return true;
        Beyond++;
        _tail.Enqueue(line);
        if (_tail.Count > TailLines)
            _tail.Dequeue();
        return false;
    }
}
