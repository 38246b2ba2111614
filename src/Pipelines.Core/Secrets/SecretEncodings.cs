using System.Text;

namespace Pipelines.Core.Secrets;

/// <summary>The forms in which programs print a value: base64, percent-encoding, JSON, XML and HTML, the quoting of shells and languages, hex.</summary>
internal static class SecretEncodings
{
    private const int ShortestBase64Line = 8; // a shorter one may be a word

    private static readonly int[] s_base64Widths = [64, 76]; // PEM (RFC 7468 §2) and MIME (RFC 2045 §6.8), which `base64` uses too

    /// <summary>Adds the patterns of one value, which is not empty.</summary>
    public static void AddTo(Dictionary<string, MaskPattern> patterns, string value)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Add(patterns, new MaskPattern(value));
        AddBase64(patterns, bytes);
        AddBase64(patterns, Encoding.Unicode.GetBytes(value)); // UTF-16LE: PowerShell's -EncodedCommand
        foreach (string form in PercentEncodings.Of(bytes).Concat(QuotedForms.Of(value)).Append(Convert.ToHexString(bytes)).Append(Convert.ToHexStringLower(bytes)))
            Add(patterns, new MaskPattern(form));
    }

    private static void Add(Dictionary<string, MaskPattern> patterns, MaskPattern pattern) =>
        patterns[pattern.Text] = patterns.TryGetValue(pattern.Text, out MaskPattern known) ? known.With(pattern) : pattern;

    /// <summary>Base64 (RFC 4648) wherever the value starts within a group of three bytes. The pattern is what does not depend on the bytes around the value; the characters that share bits
    /// with those bytes are taken along, or the first and last bits of the value would leak.</summary>
    private static void AddBase64(Dictionary<string, MaskPattern> patterns, byte[] bytes)
    {
        for (int shift = 0; shift < 3; shift++)
        {
            string encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            int first = shift == 0 ? 0 : shift + 1;
            int end = (shift + bytes.Length) * 8 / 6;
            bool sharesLast = (shift + bytes.Length) % 3 != 0;
            AddBoth(patterns, new MaskPattern(encoded[first..end], shift != 0, sharesLast, sharesLast));
        }

        AddLines(patterns, Convert.ToBase64String(bytes));
    }

    /// <summary>Base64 that is cut into lines. A last line that is too short to be told from other text is looked for together with the line before it.</summary>
    private static void AddLines(Dictionary<string, MaskPattern> patterns, string whole)
    {
        foreach (int width in s_base64Widths)
            for (int start = 0; whole.Length > width && start < whole.Length; start += width)
            {
                string line = whole.Substring(start, Math.Min(width, whole.Length - start));
                if (line.AsSpan().TrimEnd('=') is { Length: >= ShortestBase64Line } characters)
                {
                    AddBoth(patterns, new MaskPattern(characters.ToString(), TakesPadding: true));
                    continue;
                }

                string before = whole.Substring(start - width, width);
                foreach (string lineEnd in (string[])["\n", "\r\n"])
                    AddBoth(patterns, new MaskPattern(before + lineEnd + line.TrimEnd('='), TakesPadding: true));
            }
    }

    private static void AddBoth(Dictionary<string, MaskPattern> patterns, MaskPattern standard)
    {
        Add(patterns, standard);
        Add(patterns, standard with { Text = standard.Text.Replace('+', '-').Replace('/', '_') });
    }
}
