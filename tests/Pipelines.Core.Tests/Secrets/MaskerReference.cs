using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipelines.Core.Tests.Secrets;

/// <summary>What masking means, slow and obvious. It knows nothing of the masker: each form of a secret is written by the framework's own encoder.</summary>
internal static class MaskerReference
{
    public static readonly (string Name, Func<string, string> Encode)[] Encoders =
    [
        ("raw", text => text),
        ("base64", text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text))),
        ("base64 without padding", text => Convert.ToBase64String(Encoding.UTF8.GetBytes(text)).TrimEnd('=')),
        ("base64url", text => System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(text))),
        ("UTF-16LE base64", text => Convert.ToBase64String(Encoding.Unicode.GetBytes(text))),
        ("Uri.EscapeDataString", Uri.EscapeDataString),
        ("UrlEncoder", UrlEncoder.Default.Encode),
        ("WebUtility.UrlEncode", text => WebUtility.UrlEncode(text)),
        ("HttpUtility.UrlEncode", text => System.Web.HttpUtility.UrlEncode(text)),
        ("HttpUtility.JavaScriptStringEncode", text => System.Web.HttpUtility.JavaScriptStringEncode(text)),
        ("JsonEncodedText", text => JsonEncodedText.Encode(text).ToString()),
        ("JSON, relaxed", text => JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()),
        ("JSON, twice", text => JsonEncodedText.Encode(JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString(), JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString()),
        ("WebUtility.HtmlEncode", text => WebUtility.HtmlEncode(text)),
        ("SecurityElement.Escape", text => System.Security.SecurityElement.Escape(text)),
        ("XText", text => new System.Xml.Linq.XText(text).ToString(System.Xml.Linq.SaveOptions.DisableFormatting)),
        ("Regex.Escape", text => System.Text.RegularExpressions.Regex.Escape(text)),
        ("hex", text => Convert.ToHexString(Encoding.UTF8.GetBytes(text))),
        ("hex, lower case", text => Convert.ToHexStringLower(Encoding.UTF8.GetBytes(text))),
        ("sh", text => text.Replace("'", "'\\''", StringComparison.Ordinal)),
        ("PowerShell", text => text.Replace("'", "''", StringComparison.Ordinal)),
        ("PowerShell, double quotes", text => text.Replace("`", "``", StringComparison.Ordinal).Replace("$", "`$", StringComparison.Ordinal).Replace("\"", "`\"", StringComparison.Ordinal)),
        ("C#", text => Microsoft.CodeAnalysis.CSharp.SymbolDisplay.FormatLiteral(text, quote: true)[1..^1]),
    ];

    /// <summary>Masks a text: every place where any form of any secret stands, with the base64 characters that share bits with it.</summary>
    public static string Mask(string text, IEnumerable<string> values)
    {
        bool[] hidden = new bool[text.Length];
        foreach (string value in values)
        {
            foreach (string form in Encoders.Select(encoder => encoder.Encode(value)).Distinct())
                if (form.Length > 0)
                    Hide(text, form, form, hidden, 0, 0, false);
            foreach (byte[] bytes in (byte[][])[Encoding.UTF8.GetBytes(value), Encoding.Unicode.GetBytes(value)])
                for (int shift = 0; shift < 3; shift++)
                    HideBase64(text, bytes, shift, hidden);
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

    /// <summary>Which characters of base64 depend on the bytes around the secret shows when those bytes change.</summary>
    private static void HideBase64(string text, byte[] bytes, int shift, bool[] hidden)
    {
        string zeros = Convert.ToBase64String([.. Enumerable.Repeat((byte)0, shift), .. bytes, 0, 0, 0]);
        string ones = Convert.ToBase64String([.. Enumerable.Repeat((byte)0xFF, shift), .. bytes, 0xFF, 0xFF, 0xFF]);
        bool[] same = [.. zeros.Zip(ones, (left, right) => left == right)];
        int first = Array.IndexOf(same, true);
        int length = same.Skip(first).TakeWhile(equal => equal).Count();
        string common = zeros.Substring(first, length);
        int endsWithin = (shift + bytes.Length) % 3;
        Hide(text, common, common.Replace('+', '-').Replace('/', '_'), hidden, shift == 0 ? 0 : 1, endsWithin == 0 ? 0 : 1, endsWithin != 0);
    }

    private static void Hide(string text, string form, string otherForm, bool[] hidden, int before, int after, bool padding)
    {
        foreach (string pattern in (string[])[form, otherForm])
            for (int index = text.IndexOf(pattern, StringComparison.Ordinal); index >= 0; index = text.IndexOf(pattern, index + 1, StringComparison.Ordinal))
            {
                int start = index;
                int end = index + pattern.Length;
                if (before == 1 && start > 0 && IsBase64(text[start - 1]))
                    start--;
                if (after == 1 && end < text.Length && IsBase64(text[end]))
                    end++;
                for (int count = 0; padding && count < 2 && end < text.Length && text[end] == '='; count++)
                    end++;
                Array.Fill(hidden, true, start, end - start);
            }
    }

    private static bool IsBase64(char character) => char.IsAsciiLetterOrDigit(character) || "+/-_".Contains(character, StringComparison.Ordinal);
}
