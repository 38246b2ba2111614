using System.Buffers;
using System.Text;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Tests.Secrets;

/// <summary>Random secrets, texts and chunks against <see cref="MaskerReference"/>.</summary>
public class SecretMaskerPropertyTests
{
    private const int Cases = 100_000;
    private const int TextsPerMasker = 8;
    private const int ChunkingsPerText = 4;
    private const string Filler = "ΩΨΦ \n\r#"; // no secret holds any of it but the spaces and line ends
    private const string Plain = "abAB01"; // no encoder changes these: only raw, base64 and hex are left, and parts of them may stand anywhere
    private const string Awkward = "abXYZ019!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ é€😀";

    [Theory]
    [InlineData(20260102)]
    public void Mask_RandomSecretsTextsAndChunks_EqualTheSlowReference(int seed)
    {
        var random = new Random(seed);
        int cases = 0;
        int withHits = 0;
        while (cases < Cases)
        {
            bool isPlain = random.Next(2) == 0;
            string[] secrets = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomSecret(random, isPlain))];
            var masker = new SecretMasker();
            foreach (string secret in secrets)
                masker.Add(Secret.Of(secret, "env://X"));
            for (int texts = 0; texts < TextsPerMasker; texts++)
            {
                string text = RandomText(random, secrets, isPlain);
                string expected = MaskerReference.Mask(text, secrets);
                withHits += expected == text ? 0 : ChunkingsPerText;
                Assert.True(expected == masker.Mask(text), $"seed {seed}, case {cases}, secrets [{string.Join(" | ", secrets)}]\ntext     {text}\nexpected {expected}\nmasked   {masker.Mask(text)}");
                byte[] bytes = Encoding.UTF8.GetBytes(text);
                for (int chunkings = 0; chunkings < ChunkingsPerText; chunkings++)
                {
                    int largest = chunkings == 0 ? 1 : random.Next(1, 40);
                    string streamed = Stream(masker, bytes, () => random.Next(1, largest + 1));
                    Assert.True(expected == streamed, $"seed {seed}, case {cases}, chunks up to {largest}, secrets [{string.Join(" | ", secrets)}]\ntext     {text}\nexpected {expected}\nstreamed {streamed}");
                    cases++;
                }
            }
        }

        Assert.InRange(withHits, Cases / 2, cases - 1); // a test that masks nothing, or everything, proves nothing
    }

    /// <summary>Masks in chunks, and watches that no more than the longest pattern with its neighbours is ever held back.</summary>
    internal static string Stream(SecretMasker masker, byte[] bytes, Func<int> chunk)
    {
        var output = new ArrayBufferWriter<byte>();
        var stream = (StreamMasker)((ITextMasker)masker).OpenStream()!;
        int longest = masker.Current is { } index ? index.Longest + 1 + PatternIndex.LongestTail : 0;
        for (int start = 0; start < bytes.Length;)
        {
            int length = Math.Min(chunk(), bytes.Length - start);
            stream.Write(bytes.AsSpan(start, length), output);
            Assert.InRange(stream.Held, 0, longest);
            start += length;
        }

        stream.Complete(output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }

    private static string RandomSecret(Random random, bool isPlain)
    {
        while (true)
        {
            string secret = isPlain ? RandomText(random, Plain, 6, 12) : RandomText(random, Awkward, 6, 30).Trim();
            if (new CommonValues([]).WhyNotMasked(secret) is null && SecretParts.Of(secret, new CommonValues([])).Count == 1)
                return secret; // its parts have tests of their own
        }
    }

    private static string RandomText(Random random, string[] secrets, bool isPlain)
    {
        var text = new StringBuilder();
        for (int left = random.Next(0, 6); left > 0; left--)
        {
            string secret = secrets[random.Next(secrets.Length)];
            string piece = random.Next(4) == 0 ? Shifted(random, secret, isPlain) : MaskerReference.Encoders[random.Next(MaskerReference.Encoders.Length)].Encode(secret);
            if (isPlain && random.Next(3) == 0)
                piece = piece[random.Next(piece.Length)..];
            if (isPlain && random.Next(3) == 0)
                piece = piece[..random.Next(piece.Length + 1)];
            text.Append(piece);
            string filler = RandomText(random, isPlain && random.Next(2) == 0 ? Plain : Filler, 0, 5);
            text.Append(isPlain ? filler : "Ω" + filler + "Ω");
        }

        return text.ToString();
    }

    private static string Shifted(Random random, string secret, bool isPlain)
    {
        Encoding encoding = random.Next(2) == 0 ? Encoding.UTF8 : Encoding.Unicode;
        string encoded = Convert.ToBase64String(encoding.GetBytes(RandomText(random, isPlain ? Plain : "uUxX:;", 0, 4) + secret + RandomText(random, isPlain ? Plain : "uUxX:;", 0, 4)));
        return random.Next(2) == 0 ? encoded : encoded.Replace('+', '-').Replace('/', '_').TrimEnd('=');
    }

    private static string RandomText(Random random, string alphabet, int shortest, int longest)
    {
        Rune[] runes = [.. alphabet.EnumerateRunes()];
        var text = new StringBuilder();
        for (int left = random.Next(shortest, longest + 1); left > 0; left--)
            text.Append(runes[random.Next(runes.Length)]);
        return text.ToString();
    }
}
