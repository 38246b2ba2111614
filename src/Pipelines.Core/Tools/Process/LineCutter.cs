using System.Text;

namespace Pipelines.Core.Tools;

/// <summary>Cuts text that comes in pieces into lines. A lone CR ends a line too: progress bars print it.</summary>
internal sealed class LineCutter(Action<string> onLine)
{
    /// <summary>A longer line is handed on in pieces of this many characters.</summary>
    public const int MaxLineLength = 64 * 1024;

    private readonly StringBuilder _line = new();
    private bool _endedWithReturn;

    public void Add(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            if (_endedWithReturn)
            {
                _endedWithReturn = false;
                if (text[0] == '\n')
                {
                    text = text[1..];
                    continue;
                }
            }

            int end = text.IndexOfAny('\r', '\n');
            ReadOnlySpan<char> part = end < 0 ? text : text[..end];
            while (_line.Length + part.Length > MaxLineLength)
            {
                int fits = MaxLineLength - _line.Length;
                _line.Append(part[..fits]);
                part = part[fits..];
                Emit();
            }

            _line.Append(part);
            if (end < 0)
                return;
            _endedWithReturn = text[end] == '\r';
            Emit();
            text = text[(end + 1)..];
        }
    }

    /// <summary>Hands on what is left of a last line without an end.</summary>
    public void Complete()
    {
        if (_line.Length > 0)
            Emit();
    }

    private void Emit()
    {
        string line = _line.ToString();
        _line.Clear();
        onLine(line);
    }
}
