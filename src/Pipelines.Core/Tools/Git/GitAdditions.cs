using System.Globalization;
using System.Text;

namespace Pipelines.Core.Tools.Git;

/// <summary>Reads <c>git log -p --unified=0</c> as it comes, and hands on what each commit added to each file.</summary>
/// <remarks>The format is that of git-diff's "Generating patch text with -p": a hunk's header tells how many lines are taken and added, so that an added line is never taken for a header.</remarks>
/// <param name="onAdded">Gets the commit, the file, the added text and the line in the file of each of its lines.</param>
internal sealed class GitAdditions(Action<string, string, string, IReadOnlyList<int>> onAdded)
{
    public const string CommitMark = "\u0001commit ";

    /// <summary>So much text at a time is handed on: memory stays bounded, whatever a commit adds.</summary>
    private const int MaxText = 1024 * 1024;

    private readonly StringBuilder _text = new();
    private List<int> _lines = [];
    private string _commit = "";
    private string? _file;
    private int _taken;
    private int _added;
    private int _next;

    /// <summary>How many commits there were.</summary>
    public int Commits { get; private set; }

    public void Read(string line)
    {
        if (_taken + _added > 0 && ReadHunkLine(line))
            return;
        if (line.StartsWith(CommitMark, StringComparison.Ordinal))
        {
            Finish();
            _commit = line[CommitMark.Length..];
            _file = null;
            Commits++;
        }
        else if (line.StartsWith("diff --git ", StringComparison.Ordinal))
        {
            Finish();
            _file = null;
        }
        else if (line.StartsWith("+++ ", StringComparison.Ordinal))
        {
            string path = line[4..].TrimEnd('\t').Trim('"');
            _file = path.StartsWith("b/", StringComparison.Ordinal) ? path[2..] : null;
        }
        else if (line.StartsWith("@@ -", StringComparison.Ordinal))
        {
            ReadHunkHeader(line);
        }
    }

    /// <summary>Hands on what is left.</summary>
    public void Finish()
    {
        (_taken, _added) = (0, 0);
        Flush();
    }

    private bool ReadHunkLine(string line)
    {
        switch (line.Length == 0 ? ' ' : line[0])
        {
            case '-' when _taken > 0:
                _taken--;
                return true;
            case '+' when _added > 0:
                _added--;
                _text.Append(line, 1, line.Length - 1).Append('\n');
                _lines.Add(_next++);
                if (_text.Length > MaxText)
                    Flush();
                return true;
            case '\\':
                return true; // "\ No newline at end of file"
            default:
                if (line.StartsWith(CommitMark, StringComparison.Ordinal) || line.StartsWith("diff --git ", StringComparison.Ordinal))
                    return false;
                _text.Append(line).Append('\n'); // the rest of a line that the reader cut, or that holds a lone carriage return
                _lines.Add(_next);
                return true;
        }
    }

    /// <summary><c>@@ -12,2 +14,3 @@</c>; a count of one is left out.</summary>
    private void ReadHunkHeader(string line)
    {
        string[] parts = line.Split(' ');
        if (parts.Length < 4)
            return;
        (_, _taken) = Range(parts[1]);
        (_next, _added) = Range(parts[2]);
    }

    private static (int Start, int Count) Range(string text)
    {
        string[] numbers = text[1..].Split(',');
        _ = int.TryParse(numbers[0], NumberStyles.None, CultureInfo.InvariantCulture, out int start);
        int count = 1;
        if (numbers.Length > 1)
            _ = int.TryParse(numbers[1], NumberStyles.None, CultureInfo.InvariantCulture, out count);
        return (start, count);
    }

    private void Flush()
    {
        if (_text.Length > 0 && _file is not null)
            onAdded(_commit, _file, _text.ToString(), _lines);
        _text.Clear();
        _lines = [];
    }
}
