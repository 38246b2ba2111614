using System.IO.Pipelines;
using System.Text;
using Pipelines.Core.Secrets;
using Pipelines.Core.Tools;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Process;

public class OutputReaderTests
{
    private readonly SecretMasker _masker = new();
    private readonly ManualTime _time = new();
    private readonly Pipe _pipe = new();
    private readonly System.Threading.Channels.Channel<string> _lines = System.Threading.Channels.Channel.CreateUnbounded<string>();

    private (OutputReader Reader, Task Reading) Start(params string[] secrets)
    {
        foreach (string secret in secrets)
            _masker.Add(Secret.Of(secret, "env://TEST"));
        var reader = new OutputReader(_pipe.Reader.AsStream(), 1024 * 1024, line => _lines.Writer.TryWrite(line), _masker.OpenStream(), _time);
        return (reader, reader.ReadAsync(CancellationToken.None));
    }

    private async Task PrintAsync(string text) => await _pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes(text));

    private Task<string> LineAsync() => _lines.Reader.ReadAsync().AsTask();

    private async Task<string[]> EndAsync(Task reading)
    {
        await _pipe.Writer.CompleteAsync();
        await reading;
        _lines.Writer.Complete();
        return [.. await _lines.Reader.ReadAllAsync().ToListAsync()];
    }

    [Fact]
    public async Task ReadAsync_MultiLineSecret_IsMaskedInTheLinesAndNotInTheText() // Jenkins: multi-line secrets are not masked
    {
        (OutputReader reader, Task reading) = Start("ab\ncd\nef");
        await PrintAsync("before\nab\nc");
        await PrintAsync("d\nef\nafter\n");
        Assert.Equal(["before", "***", "after"], await EndAsync(reading));
        Assert.Equal("before\nab\ncd\nef\nafter\n", reader.Text);
    }

    [Fact]
    public async Task ReadAsync_SecretLongerThanALinesPiece_IsMasked()
    {
        string secret = string.Concat(Enumerable.Range(0, 20_000).Select(number => $"{number:x5}"));
        (_, Task reading) = Start(secret);
        Task printing = PrintAsync($"a {secret} b\n");
        string line = await LineAsync();
        await printing;
        Assert.Equal("a *** b", line);
        Assert.Empty(await EndAsync(reading));
    }

    [Fact]
    public async Task ReadAsync_LineWithoutSecret_ArrivesAtOnce()
    {
        (_, Task reading) = Start("some-secret", "-----BEGIN-----\nabcdefgh\n");
        await PrintAsync("building…\r\n50 %\r");
        Assert.Equal("building…", await LineAsync());
        Assert.Equal("50 %", await LineAsync());
        Assert.Empty(_time.Waits); // nothing was held back, so nothing waits
        Assert.Empty(await EndAsync(reading));
    }

    [Fact]
    public async Task ReadAsync_QuietAfterWhatMayBeginASecret_LineIsHandedOnAfterItsPatience()
    {
        (_, Task reading) = Start("{\n\"password\": \"some-secret\"}");
        await PrintAsync("{\n");
        await WaitForTimerAsync();
        _time.Advance(OutputReader.Patience);
        Assert.Equal("{", await LineAsync());
        await PrintAsync("\"other\": 1}\n");
        Assert.Equal(["\"other\": 1}"], await EndAsync(reading));
    }

    [Fact]
    public async Task ReadAsync_ProcessEndsInTheMiddleOfWhatMayBeASecret_LineIsHandedOn()
    {
        (_, Task reading) = Start("some-secret");
        await PrintAsync("some-");
        Assert.Equal(["some-"], await EndAsync(reading));
    }

    [Fact]
    public async Task ReadAsync_CharactersAndMarkInPieces_AreWhole()
    {
        (OutputReader reader, Task reading) = Start("some-secret");
        foreach (byte value in (byte[])[0xEF, 0xBB, 0xBF, .. Encoding.UTF8.GetBytes("é€😀\n")])
            await _pipe.Writer.WriteAsync(new[] { value });
        Assert.Equal(["é€😀"], await EndAsync(reading));
        Assert.Equal("é€😀\n", reader.Text);
    }

    private async Task WaitForTimerAsync()
    {
        while (_time.Waits.Count == 0)
            await Task.Yield();
    }
}
