using System.Security;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Net;

namespace Pipelines.Sandbox.Canary;

/// <summary>A secret that is looked for, in every form in which programs print one.</summary>
/// <remarks>The forms are made by plain framework calls and share nothing with the masker, which they check.</remarks>
internal sealed class Sentinel
{
    private const int ShortestForm = 8;
    private const int EndLength = 12;

    private readonly List<(string Text, string Form)> _forms = [];

    /// <param name="name">Which secret, for people.</param>
    /// <param name="value">Its value.</param>
    /// <param name="allowedAt">The stand-in whose requests may hold it; null for none.</param>
    public Sentinel(string name, string value, string? allowedAt)
    {
        Name = name;
        AllowedAt = allowedAt;
        byte[] bytes = Encoding.UTF8.GetBytes(value);
        Add(value, "as it is");
        Add(Encoding.Latin1.GetString(bytes), "as it is"); // as what was read without decoding shows it
        foreach (string line in value.Split('\n', StringSplitOptions.TrimEntries))
            Add(line, "one of its lines");
        for (int shift = 0; shift < 3; shift++)
        {
            // Without the characters that share bits with what stands around it: those differ from place to place.
            string encoded = Convert.ToBase64String([.. new byte[shift], .. bytes]);
            int first = shift == 0 ? 0 : 4;
            string core = encoded[first..((shift + bytes.Length) / 3 * 4)];
            Add(core, "base64");
            Add(core.Replace('+', '-').Replace('/', '_'), "base64url");
        }

        Add(Convert.ToBase64String(Encoding.Unicode.GetBytes(value)).TrimEnd('='), "base64 of UTF-16");
        Add(Convert.ToHexString(bytes), "hex");
        Add(Convert.ToHexStringLower(bytes), "hex");
        Add(Uri.EscapeDataString(value), "percent-encoded");
        Add(WebUtility.UrlEncode(value), "form-encoded");
        Add(Uri.EscapeDataString(value).ToLowerInvariant(), "percent-encoded");
        Add(JsonEncodedText.Encode(value).Value, "JSON");
        Add(JsonEncodedText.Encode(value, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value, "JSON");
        Add(SecurityElement.Escape(value), "XML");
        Add(WebUtility.HtmlEncode(value), "HTML");
        Add(value.Replace("'", "'\\''", StringComparison.Ordinal), "shell-quoted");
        Add(value.Replace("'", "''", StringComparison.Ordinal), "PowerShell-quoted");
        Add(value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal), "backslash-escaped");
        if (value.Length >= 2 * EndLength)
        {
            Add(value[..EndLength], "its beginning");
            Add(value[^EndLength..], "its end");
        }
    }

    public string Name { get; }

    public string? AllowedAt { get; }

    /// <summary>The form in which it stands in a text; null where it does not.</summary>
    public string? FindIn(string text)
    {
        foreach ((string form, string name) in _forms)
            if (text.Contains(form, StringComparison.Ordinal))
                return name;
        return null;
    }

    private void Add(string? text, string form)
    {
        if (text is { Length: >= ShortestForm } && !_forms.Exists(known => known.Text == text))
            _forms.Add((text, form));
    }
}
