using System.Buffers;
using System.Text;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Tests.Secrets;

public class StreamMaskerTests
{
    private readonly SecretMasker _masker = new();
    private readonly ArrayBufferWriter<byte> _output = new();

    private string Output => Encoding.UTF8.GetString(_output.WrittenSpan);

    private StreamMasker Open(params string[] secrets)
    {
        foreach (string secret in secrets)
            _masker.Add(Secret.Of(secret, "env://TEST"));
        return new StreamMasker(_masker);
    }

    private void Write(StreamMasker stream, string text) => stream.Write(Encoding.UTF8.GetBytes(text), _output);

    [Fact]
    public void Write_SecretInTwoWrites_IsMasked() // GitHub runner, Azure agent, Jenkins: a secret that is printed in two writes is not seen
    {
        StreamMasker stream = Open("split-secret");
        Write(stream, "a split-");
        Assert.Equal("a ", Output);
        Write(stream, "secret b.");
        Assert.Equal("a *** b.", Output);
    }

    [Fact]
    public void Write_LineThatBeginsNoSecret_IsNotHeldBack()
    {
        StreamMasker stream = Open("some-secret", "-----BEGIN KEY-----\nabcdefgh\n-----END KEY-----\n");
        Write(stream, "building…\n");
        Assert.Equal("building…\n", Output);
        Assert.Equal(0, stream.Held);
        Assert.False(stream.HoldsLine);
    }

    [Fact]
    public void Write_WithoutSecrets_PassesOnAtOnce()
    {
        StreamMasker stream = Open();
        Write(stream, "anything");
        Assert.Equal("anything", Output);
    }

    [Fact]
    public void Write_MultiLineSecretWhoseShortLinesAreNoSecretAlone_IsMaskedWhole()
    {
        StreamMasker stream = Open("ab\ncd\nef");
        Write(stream, "1 ab\n2 cd\r\n");
        Write(stream, "ab\r");
        Write(stream, "\ncd\r\nef\n");
        stream.Complete(_output);
        Assert.Equal("1 ab\n2 cd\r\n***\n", Output);
    }

    [Fact]
    public void Write_SecretOf64KilobytesByteByByte_IsMaskedAndMemoryIsBounded()
    {
        string secret = string.Concat(Enumerable.Range(0, 8 * 1024).Select(number => $"{number:x8}"));
        StreamMasker stream = Open(secret);
        foreach (byte value in Encoding.UTF8.GetBytes($"a {secret} b"))
            stream.Write([value], _output);
        stream.Complete(_output);
        Assert.Equal("a *** b", Output);
    }

    [Fact]
    public void Write_Base64NeighboursInOtherChunks_AreTaken()
    {
        StreamMasker stream = Open("correct-horse");
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes("xcorrect-horse1"));
        foreach (char character in "[" + encoded + "]")
            Write(stream, character.ToString());
        stream.Complete(_output);
        Assert.Equal("[" + encoded[..1] + "***" + encoded[^1..] + "]", Output);
    }

    [Fact]
    public void Write_SecretAddedWhileOpen_IsMaskedFromThenOnInWhatIsHeldBackToo()
    {
        StreamMasker stream = Open("abcdef-first");
        Write(stream, "second-value abcdef");
        Assert.Equal("second-value ", Output);
        _masker.Add(Secret.Of("abcdef-second", "env://LATE"));
        Write(stream, "-second ");
        Assert.Equal("second-value *** ", Output);
    }

    [Fact]
    public void Write_FirstSecretAddedWhileOpen_IsMasked()
    {
        StreamMasker stream = Open();
        Write(stream, "late-secret ");
        _masker.Add(Secret.Of("late-secret", "env://LATE"));
        Write(stream, "late-secret ");
        stream.Complete(_output);
        Assert.Equal("late-secret *** ", Output);
    }

    [Fact]
    public void ReleaseLines_BeginningOfASecret_IsHiddenAndTheRestTooWhenItComes()
    {
        StreamMasker stream = Open("ab\ncd\nefghij\nkl");
        Write(stream, "x ab\ncd\nef");
        Assert.Equal("x ", Output);
        Assert.True(stream.HoldsLine);
        stream.ReleaseLines(_output);
        Assert.Equal("x ***", Output);
        Assert.False(stream.HoldsLine);
        Write(stream, "ghij\nkl\n");
        Assert.Equal("x ***\n", Output);
    }

    [Fact]
    public void ReleaseLines_FewCharacters_AreShownForTheyTellNothing()
    {
        StreamMasker stream = Open("{\n\"password\": \"x\"}");
        Write(stream, "{\n");
        Assert.Equal("", Output);
        stream.ReleaseLines(_output);
        Assert.Equal("{\n", Output);
        Write(stream, "other\n");
        Assert.Equal("{\nother\n", Output);
    }

    [Fact]
    public void ReleaseLines_NoWholeLine_KeepsHolding()
    {
        StreamMasker stream = Open("split-secret");
        Write(stream, "split-");
        stream.ReleaseLines(_output);
        Assert.Equal("", Output);
        stream.Complete(_output);
        Assert.Equal("split-", Output);
    }
}
