using System.Globalization;
using System.Text;

namespace Pipelines.Core.Tests.Cli;

/// <summary>A screen that a test can wait for.</summary>
internal sealed class WatchedWriter : TextWriter
{
    private readonly StringBuilder _text = new();
    private readonly List<(string Text, int From, TaskCompletionSource Seen)> _waiting = [];

    public WatchedWriter() : base(CultureInfo.InvariantCulture) { }

    public override Encoding Encoding => Encoding.UTF8;

    /// <summary>All that was written.</summary>
    public string Text
    {
        get
        {
            lock (_text)
                return _text.ToString();
        }
    }

    /// <summary>Waits until a text is written, at or after a place.</summary>
    public Task ShowsAsync(string text, int from = 0)
    {
        var seen = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_text)
            _waiting.Add((text, from, seen));
        Write("");
        return seen.Task.WaitAsync(TestContext.Current.CancellationToken);
    }

    public override void Write(char value) => Write(value.ToString());

    public override void Write(string? value)
    {
        lock (_text)
        {
            _text.Append(value);
            if (_waiting.Count == 0)
                return;
            string all = _text.ToString();
            foreach ((string text, int from, TaskCompletionSource seen) in _waiting.Where(one => all.IndexOf(one.Text, Math.Min(one.From, all.Length), StringComparison.Ordinal) >= 0))
                seen.TrySetResult();
            _waiting.RemoveAll(one => one.Seen.Task.IsCompleted);
        }
    }

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));
}
