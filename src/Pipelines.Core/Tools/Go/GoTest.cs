using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipelines.Core.Tools.Go;

/// <summary>One test of a Go package, from the events of <c>go test -json</c> (https://pkg.go.dev/cmd/test2json).</summary>
/// <param name="Name">Package and test.</param>
/// <param name="Action">pass, fail or skip.</param>
/// <param name="Elapsed">How long it took.</param>
/// <param name="Output">What it printed.</param>
internal sealed record GoTest(string Name, string Action, TimeSpan Elapsed, string Output)
{
    /// <summary>Reads the events: each test with its outcome, subtests instead of the tests around them, and packages that failed without any failed test, such as one that does not compile.</summary>
    public static IReadOnlyList<GoTest> Read(string events, Action<string> onOutput)
    {
        var outputs = new Dictionary<(string Package, string? Test), StringBuilder>();
        var ended = new Dictionary<(string Package, string? Test), (string Action, double Elapsed)>();
        foreach (string line in events.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line[0] != '{')
            {
                onOutput(line); // what the compiler prints is no event
                continue;
            }

            using JsonDocument document = Parse(line);
            JsonElement root = document.RootElement;
            (string Package, string? Test) key = (Text(root, "Package") ?? Text(root, "ImportPath") ?? "", Text(root, "Test"));
            switch (Text(root, "Action"))
            {
                case "output" or "build-output":
                    string output = Text(root, "Output") ?? "";
                    onOutput(output.TrimEnd('\n'));
                    if (!outputs.TryGetValue(key, out StringBuilder? text))
                        outputs[key] = text = new StringBuilder();
                    text.Append(output);
                    break;
                case "pass" or "fail" or "skip":
                    ended[key] = (Text(root, "Action")!, root.TryGetProperty(nameof(Elapsed), out JsonElement elapsed) ? elapsed.GetDouble() : 0);
                    break;
                default:
                    break;
            }
        }

        return Collect(outputs, ended);
    }

    private static List<GoTest> Collect(Dictionary<(string Package, string? Test), StringBuilder> outputs, Dictionary<(string Package, string? Test), (string Action, double Elapsed)> ended)
    {
        HashSet<(string Package, string? Test)> around = [];
        HashSet<(string Package, string? Test)> failedInside = [];
        foreach (((string package, string? test), (string action, _)) in ended)
        {
            for (string? outer = test; outer is not null;)
            {
                int slash = outer.LastIndexOf('/');
                outer = slash < 0 ? null : outer[..slash];
                around.Add((package, outer));
                if (action == "fail")
                    failedInside.Add((package, outer));
            }
        }

        List<GoTest> tests = [];
        foreach ((var key, (string action, double elapsed)) in ended)
        {
            bool isTest = key.Test is not null && !around.Contains(key);
            bool failedByItself = action == "fail" && !failedInside.Contains(key);
            if (isTest || failedByItself)
                tests.Add(new GoTest(key.Test is null ? key.Package : $"{key.Package}.{key.Test}", action, TimeSpan.FromSeconds(elapsed), outputs.TryGetValue(key, out StringBuilder? text) ? text.ToString() : ""));
        }

        return tests;
    }

    private static JsonDocument Parse(string line)
    {
        try
        {
            return JsonDocument.Parse(line);
        }
        catch (JsonException)
        {
            return JsonDocument.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"Action":"output","Output":{{JsonEncodedText.Encode(line)}}}"""));
        }
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
}
