using System.Text.Json;

namespace Pipelines.Core.Clients.Registry;

/// <summary>The error of an answer: <c>{"errors":[{"code":…,"message":…,"detail":…}]}</c> (distribution-spec "error codes").</summary>
/// <param name="Codes">The codes, such as <c>NAME_UNKNOWN</c>.</param>
/// <param name="Text">The evidence for a message: status, and codes with messages, or the first line of what came instead.</param>
/// <param name="IsHtml">Whether a web page came instead.</param>
internal sealed record RegistryErrorBody(IReadOnlyList<string> Codes, string Text, bool IsHtml)
{
    private const int MaxLine = 200;

    public bool Has(string code) => Codes.Contains(code, StringComparer.Ordinal);

    public static RegistryErrorBody Of(RegistryAnswer answer)
    {
        string status = $"{(int)answer.Status} {answer.Reason}".TrimEnd();
        string body = System.Text.Encoding.UTF8.GetString(answer.Body);
        var codes = new List<string>();
        var lines = new List<string>();
        if (answer.IsHtml)
            lines.Add("a web page, where a registry answers JSON");
        else if (body.Length > 0 && !TryParse(body, codes, lines))
            lines.Add(FirstLine(body));
        return new RegistryErrorBody(codes, lines.Count == 0 ? $"  {status}" : $"  {status}: {string.Join("; ", lines)}", answer.IsHtml);
    }

    private static bool TryParse(string body, List<string> codes, List<string> lines)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("errors", out JsonElement errors) || errors.ValueKind != JsonValueKind.Array)
                return false;
            foreach (JsonElement error in errors.EnumerateArray().Where(element => element.ValueKind == JsonValueKind.Object))
            {
                string code = Field(error, "code");
                string message = Field(error, "message");
                codes.Add(code);
                lines.Add(FirstLine(message.Length == 0 ? code : $"{code}, {message}"));
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static string Field(JsonElement element, string name) =>
        element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString()! : "";

    private static string FirstLine(string text)
    {
        string line = text.Trim().Split('\n')[0].Trim();
        return line.Length <= MaxLine ? line : line[..MaxLine] + "…";
    }
}
