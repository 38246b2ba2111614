using System.Text;

/// <summary>Passes a text on, and knows when some words of it were said.</summary>
internal sealed class HeardWriter(TextWriter inner, string words) : TextWriter
{
    private readonly ManualResetEventSlim _said = new();

    public override Encoding Encoding => inner.Encoding;

    public void Wait() => _said.Wait();

    public override void Write(char value) => inner.Write(value);

    public override void Write(string? value) => Pass(value, inner.Write);

    public override void WriteLine(string? value) => Pass(value, inner.WriteLine);

    public override async Task WriteLineAsync(string? value) => await inner.WriteLineAsync(value).ConfigureAwait(false);

    protected override void Dispose(bool disposing)
    {
        _said.Dispose();
        base.Dispose(disposing);
    }

    private void Pass(string? value, Action<string?> write)
    {
        write(value);
        if (value?.Contains(words, StringComparison.Ordinal) == true)
            _said.Set();
    }
}
