using System.Threading.Channels;

namespace Pipelines.Core.Tests.Cli;

/// <summary>A person's keyboard: a read waits until a line is typed, as at a terminal.</summary>
internal sealed class TypedInput : TextReader
{
    private readonly Channel<string?> _lines = Channel.CreateUnbounded<string?>();
    private readonly SemaphoreSlim _reads = new(0);

    /// <summary>Types a line; null ends the input.</summary>
    public void Type(string? line) => _lines.Writer.TryWrite(line);

    /// <summary>Waits until somebody begins to read one more line.</summary>
    public Task IsReadAsync() => _reads.WaitAsync(TestContext.Current.CancellationToken);

    public override string? ReadLine()
    {
        _reads.Release();
        return _lines.Reader.ReadAsync().AsTask().GetAwaiter().GetResult();
    }

    protected override void Dispose(bool disposing)
    {
        _reads.Dispose();
        base.Dispose(disposing);
    }
}
