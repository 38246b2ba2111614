using System.Text;

namespace Pipelines.Core.Tools;

/// <summary>Reads one output stream of a process: hands on whole lines as they come, and keeps the last part of the text in bounded memory.</summary>
internal sealed class OutputReader(StreamReader stream, int maxKept, Action<string>? onLine)
{
    /// <summary>A longer line is handed on in pieces of this many characters.</summary>
    internal const int MaxLineLength = 64 * 1024;

    private readonly Queue<string> _kept = new();
    private readonly StringBuilder _line = new();
    private int _keptLength;
    private bool _endedWithReturn;

    public bool Truncated { get; private set; }

    /// <summary>The text as it was printed; the last part only where it was too long.</summary>
    public string Text
    {
        get
        {
            lock (_kept)
                return string.Concat(_kept);
        }
    }

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        char[] buffer = new char[16 * 1024];
        try
        {
            while (true)
            {
                int count = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false);
                if (count == 0)
                    break;
                Keep(buffer.AsSpan(0, count));
                if (onLine is not null)
                    Split(buffer.AsSpan(0, count));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The pipe was given up, or broke with the process: what came is what there is.
        }

        if (_line.Length > 0)
            EmitLine();
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        lock (_kept)
        {
            _kept.Enqueue(text.ToString());
            _keptLength += text.Length;
            while (_keptLength > maxKept)
            {
                Truncated = true;
                _keptLength -= _kept.Dequeue().Length;
            }
        }
    }

    private void Split(ReadOnlySpan<char> text)
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
                EmitLine();
            }

            _line.Append(part);
            if (end < 0)
                return;
            _endedWithReturn = text[end] == '\r'; // a lone CR is a progress bar's line end
            EmitLine();
            text = text[(end + 1)..];
        }
    }

    private void EmitLine()
    {
        string line = _line.ToString();
        _line.Clear();
        onLine?.Invoke(line);
    }
}
