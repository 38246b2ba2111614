using System.Text.Json;
using System.Xml;

namespace Pipelines.Core.Stages.Test;

/// <summary>Reads Jest's JSON report (<c>--json --outputFile</c>, https://jestjs.io/docs/cli#--json).</summary>
internal static class JestReport
{
    public static void AddTo(TestTally tally, Stream stream)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(stream);
            foreach (JsonElement file in document.RootElement.GetProperty("testResults").EnumerateArray())
                AddFile(tally, file);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw new XmlException($"It is no report of Jest: {exception.Message}", exception);
        }
    }

    private static void AddFile(TestTally tally, JsonElement file)
    {
        JsonElement assertions = file.GetProperty("assertionResults");
        if (assertions.GetArrayLength() == 0 && file.GetProperty("status").GetString() == "failed") // the file itself cannot be loaded
            tally.Failed(new TestFailure(file.GetProperty("name").GetString() ?? "(unnamed file)", file.GetProperty("message").GetString() ?? "failed without a message"), TimeSpan.Zero);
        foreach (JsonElement assertion in assertions.EnumerateArray())
        {
            TimeSpan duration = assertion.TryGetProperty("duration", out JsonElement milliseconds) && milliseconds.ValueKind == JsonValueKind.Number ? TimeSpan.FromMilliseconds(milliseconds.GetDouble()) : TimeSpan.Zero;
            switch (assertion.GetProperty("status").GetString())
            {
                case "passed":
                    tally.Passed(duration);
                    break;
                case "failed":
                    string message = string.Join('\n', assertion.GetProperty("failureMessages").EnumerateArray().Select(text => text.GetString()));
                    tally.Failed(new TestFailure(assertion.GetProperty("fullName").GetString() ?? "(unnamed test)", message.Length == 0 ? "failed without a message" : message), duration);
                    break;
                default: // pending, skipped, todo, disabled
                    tally.Skipped();
                    break;
            }
        }
    }
}
