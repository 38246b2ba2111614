using System.Text;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Tests.Secrets;

/// <summary>Random secrets and texts against slow and obvious references.</summary>
public class SecretMaskerPropertyTests
{
    private const int Cases = 24_000;
    private const int TextsPerCase = 8;

    [Fact]
    public void Mask_RandomSecretsAndTexts_EqualsTheSlowReference()
    {
        var random = new Random(20260102);
        int withHits = 0;
        for (int number = 0; number < Cases / TextsPerCase; number++)
        {
            string alphabet = (number % 4) switch { 0 => "ab", 1 => "abc\n", 2 => "ab\"'\\ &%+/=", _ => "aZ09é€😀-_\r\n" };
            string[] secrets = [.. Enumerable.Range(0, random.Next(1, 4)).Select(_ => RandomText(random, alphabet, 1, 12))];
            var masker = new SecretMasker();
            var common = new CommonValues([]);
            var patterns = new Dictionary<string, MaskPattern>(StringComparer.Ordinal);
            foreach (string secret in secrets)
            {
                masker.Add(Secret.Of(secret, "env://X"));
                foreach (string part in common.WhyNotMasked(secret) is null ? SecretParts.Of(secret, common) : [])
                    SecretEncodings.AddTo(patterns, part);
            }

            for (int texts = 0; texts < TextsPerCase; texts++)
            {
                string text = RandomTextWith(random, alphabet, [.. secrets, .. patterns.Keys]);
                string expected = SlowMask(text, patterns.Values);
                withHits += expected == text ? 0 : 1;
                Assert.Equal(expected, masker.Mask(text));
            }
        }

        Assert.InRange(withHits, Cases / 3, Cases); // a test that masks nothing proves nothing
    }

    [Fact]
    public void Mask_RandomSecretInAnyEncoding_LeavesNoEncodingOfItBehind()
    {
        var random = new Random(7);
        (string Name, Func<string, string> Encode)[] encoders =
        [
            ("raw", text => text),
            ("base64", text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text))),
            ("base64 shifted by 1", text => Convert.ToBase64String(Encoding.UTF8.GetBytes("u" + text + ":"))),
            ("base64 shifted by 2", text => Convert.ToBase64String(Encoding.UTF8.GetBytes("u:" + text + ":p"))),
            ("percent", Uri.EscapeDataString),
            ("form", text => System.Net.WebUtility.UrlEncode(text)),
            ("JSON", text => System.Text.Json.JsonSerializer.Serialize(text)),
            ("HTML", text => System.Net.WebUtility.HtmlEncode(text)),
            ("XML", text => System.Security.SecurityElement.Escape(text)),
            ("hex", text => Convert.ToHexString(Encoding.UTF8.GetBytes(text))),
        ];
        for (int number = 0; number < Cases; number++)
        {
            string secret = RandomText(random, "abcXYZ019!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~ é€😀", 6, 40);
            (string name, Func<string, string> encode) = encoders[number % encoders.Length];
            if (new CommonValues([]).WhyNotMasked(secret) is not null)
                continue;
            var masker = new SecretMasker();
            masker.Add(Secret.Of(secret, "env://X"));
            string encoded = encode(secret);
            string masked = masker.Mask($"left[{encoded}]right");
            string inner = masked["left[".Length..^"]right".Length];
            string quotes = name == "JSON" ? "\"" : "";
            if (name.StartsWith("base64 shifted", StringComparison.Ordinal))
                Assert.True(inner.TrimEnd('=').Replace("***", "", StringComparison.Ordinal).Length <= 5, $"{name}: '{secret}' left '{inner}'"); // what stands for the bytes around it
            else
                Assert.True(inner == quotes + "***" + quotes, $"{name}: '{secret}' left '{inner}'");
        }
    }

    private static string SlowMask(string text, IEnumerable<MaskPattern> patterns)
    {
        bool[] hidden = new bool[text.Length];
        foreach (MaskPattern pattern in patterns)
            for (int index = 0; index + pattern.Text.Length <= text.Length; index++)
            {
                if (string.CompareOrdinal(text, index, pattern.Text, 0, pattern.Text.Length) != 0)
                    continue;
                (int start, int end) = pattern.SpanAt(text, index);
                for (int place = start; place < end; place++)
                    hidden[place] = true;
            }

        var masked = new StringBuilder();
        for (int index = 0; index < text.Length; index++)
        {
            if (!hidden[index])
                masked.Append(text[index]);
            else if (index == 0 || !hidden[index - 1])
                masked.Append("***");
        }

        return masked.ToString();
    }

    private static string RandomText(Random random, string alphabet, int shortest, int longest)
    {
        Rune[] runes = [.. alphabet.EnumerateRunes()];
        var text = new StringBuilder();
        for (int left = random.Next(shortest, longest + 1); left > 0; left--)
            text.Append(runes[random.Next(runes.Length)]);
        return text.ToString();
    }

    private static string RandomTextWith(Random random, string alphabet, string[] pieces)
    {
        var text = new StringBuilder();
        for (int left = random.Next(0, 6); left >= 0; left--)
        {
            text.Append(random.Next(3) == 0 ? "" : RandomText(random, alphabet, 0, 5));
            string piece = pieces[random.Next(pieces.Length)];
            text.Append(random.Next(3) == 0 ? piece[random.Next(piece.Length)..] : piece);
        }

        return text.ToString();
    }
}
