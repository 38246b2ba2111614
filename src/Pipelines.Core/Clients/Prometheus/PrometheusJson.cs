using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipelines.Core.Clients.Prometheus;

/// <summary>Reads answers of the query API (https://prometheus.io/docs/prometheus/latest/querying/api/).</summary>
internal static class PrometheusJson
{
    private const int MaxNotes = 10;
    private static readonly string[] s_notes = ["warnings", "infos"];

    /// <exception cref="JsonException">It is no answer of a query.</exception>
    public static PrometheusAnswer Answer(JsonElement root)
    {
        JsonElement data = Get(root, "data");
        JsonElement result = Get(data, "result");
        return Text(data, "resultType") switch
        {
            "vector" => new PrometheusAnswer([.. Items(result).Select(series => new PrometheusSeries(Labels(Get(series, "metric")), Single(series)))], null, Notes(root)),
            "matrix" => new PrometheusAnswer([.. Items(result).Select(series => new PrometheusSeries(Labels(Get(series, "metric")), Many(series)))], null, Notes(root)),
            "scalar" => new PrometheusAnswer([new PrometheusSeries("a scalar", [Sample(result)])], null, Notes(root)),
            "string" => new PrometheusAnswer([], SampleText(result), Notes(root)),
            var type => throw new JsonException($"a result of type '{type}'"),
        };
    }

    /// <summary>Type and text of an error answer; null where the body is none.</summary>
    public static (string Type, string Message)? Error(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            return Error(document.RootElement);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    public static (string Type, string Message)? Error(JsonElement root) =>
        Text(root, "status") == "error" ? (Text(root, "errorType") ?? "unknown", Text(root, "error") ?? "no reason given") : null;

    public static bool IsSuccess(JsonElement root) => Text(root, "status") == "success";

    private static IReadOnlyList<double> Single(JsonElement series)
    {
        // A native histogram comes as "histogram" instead of "value": it is no number to compare with.
        JsonElement value = Get(series, "value");
        return value.ValueKind == JsonValueKind.Array ? [Sample(value)] : [];
    }

    private static IReadOnlyList<double> Many(JsonElement series) => Get(series, "values") is { ValueKind: JsonValueKind.Array } values ? [.. values.EnumerateArray().Select(Sample)] : [];

    private static double Sample(JsonElement pair) => SampleText(pair) switch
    {
        "+Inf" or "Inf" => double.PositiveInfinity,
        "-Inf" => double.NegativeInfinity,
        "NaN" => double.NaN,
        var text => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : throw new JsonException($"'{text}' is no sample value"),
    };

    private static string SampleText(JsonElement pair) =>
        pair.ValueKind == JsonValueKind.Array && pair.GetArrayLength() == 2 && pair[1].ValueKind == JsonValueKind.String ? pair[1].GetString()! : throw new JsonException("a sample is no pair of time and value");

    private static string Labels(JsonElement metric)
    {
        if (metric.ValueKind != JsonValueKind.Object)
            return "{}";
        var text = new StringBuilder(Text(metric, "__name__")).Append('{');
        bool first = true;
        foreach (JsonProperty label in metric.EnumerateObject().Where(label => label.Name != "__name__"))
        {
            text.Append(first ? "" : ", ").Append(label.Name).Append("=\"").Append(label.Value.ValueKind == JsonValueKind.String ? label.Value.GetString() : "?").Append('"');
            first = false;
        }

        return text.Append('}').ToString();
    }

    private static IReadOnlyList<string> Notes(JsonElement root) =>
        [.. s_notes.SelectMany(name => Items(Get(root, name))).Where(note => note.ValueKind == JsonValueKind.String).Select(note => note.GetString()!).Take(MaxNotes)];

    private static JsonElement.ArrayEnumerator Items(JsonElement array) => array.ValueKind == JsonValueKind.Array ? array.EnumerateArray() : default;

    private static JsonElement Get(JsonElement element, string name) => element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    private static string? Text(JsonElement element, string name) => Get(element, name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;
}
