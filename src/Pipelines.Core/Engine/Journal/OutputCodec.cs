using System.Collections;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>Outputs of stages as JSON: evidence and reports of the model, plain values, lists of these, and records of a service's own.</summary>
internal static class OutputCodec
{
    /// <summary>The output as JSON; null where it cannot be kept.</summary>
    /// <param name="output">The output.</param>
    /// <param name="type">The type that the stage declares.</param>
    /// <param name="reason">Why it cannot be kept, as the end of a sentence.</param>
    public static string? Write(object? output, Type type, out string? reason)
    {
        reason = null;
        if (output is null)
            return "null";
        if (output is Unit)
            return "true"; // the most frequent one
        var text = new StringBuilder();
        return Write(new JsonText(text), output, type, ref reason) ? text.ToString() : null;
    }

    /// <summary>Makes an output anew.</summary>
    /// <param name="json">What <see cref="Write(object?, Type, out string?)"/> made.</param>
    /// <param name="type">The type that the stage declares.</param>
    /// <param name="environments">The environments of the plan.</param>
    /// <exception cref="OutputGoneException">It cannot be made any more.</exception>
    public static object? Read(JsonElement json, Type type, IReadOnlyList<DeploymentEnvironment> environments)
    {
        try
        {
            return Value(json, type, environments);
        }
        catch (Exception exception) when (exception is JsonException or FormatException or InvalidOperationException or KeyNotFoundException or ArgumentException or OverflowException or NotSupportedException)
        {
            throw new OutputGoneException($"what was kept of it cannot be read: {exception.Message}");
        }
    }

    private static bool Write(JsonText json, object? output, Type type, ref string? reason)
    {
        switch (output)
        {
            case null:
                json.WriteStringValue(null);
                return true;
            case Unit:
                json.WriteRawValue("true");
                return true;
            case TestResults value:
                EvidenceJson.Write(json, value);
                return true;
            case ScanResult value:
                EvidenceJson.Write(json, value);
                return true;
            case SourceRevision value:
                EvidenceJson.Write(json, value);
                return true;
            case ScannedSource value:
                EvidenceJson.Write(json, value);
                return true;
            case BuiltImage value:
                EvidenceJson.Write(json, value);
                return true;
            case ScannedImage value:
                EvidenceJson.Write(json, value);
                return true;
            case PublishedImage value:
                EvidenceJson.Write(json, value);
                return true;
            case Deployment value:
                EvidenceJson.Write(json, value);
                return true;
            case ProvenDeployment value:
                EvidenceJson.Write(json, value);
                return true;
            case Approval value:
                EvidenceJson.Write(json, value);
                return true;
        }

        if (output is string { Length: > ServiceRecords.MaxLength })
        {
            reason = ServiceRecords.TooLarge;
            return false;
        }

        Type actual = Nullable.GetUnderlyingType(type) ?? type;
        if (PlainValues.Text(output) is { } plain && output.GetType() == actual)
        {
            json.WriteStringValue(plain);
            return true;
        }

        if (ElementOf(actual) is { } element && output is IEnumerable elements and not string)
        {
            json.WriteStartArray();
            foreach (object? one in elements)
                if (!Write(json, one, element, ref reason))
                    return false;
            json.WriteEndArray();
            return true;
        }

        if (ServiceRecords.Write(output, actual, out reason) is not { } record)
            return false;
        json.WriteRawValue(record);
        return true;
    }

    private static object? Value(JsonElement json, Type type, IReadOnlyList<DeploymentEnvironment> environments)
    {
        Type actual = Nullable.GetUnderlyingType(type) ?? type;
        if (json.ValueKind == JsonValueKind.Null)
            return null;
        if (actual == typeof(Unit))
            return Unit.Value;
        if (actual == typeof(TestResults))
            return EvidenceJson.ReadTests(json);
        if (actual == typeof(ScanResult))
            return EvidenceJson.ReadScan(json);
        if (actual == typeof(SourceRevision))
            return EvidenceJson.ReadSource(json);
        if (actual == typeof(ScannedSource))
            return EvidenceJson.ReadScannedSource(json);
        if (actual == typeof(BuiltImage))
            return EvidenceJson.ReadBuilt(json);
        if (actual == typeof(ScannedImage))
            return EvidenceJson.ReadScanned(json);
        if (actual == typeof(PublishedImage))
            return EvidenceJson.ReadPublished(json);
        if (actual == typeof(Deployment))
            return EvidenceJson.ReadDeployment(json, environments);
        if (actual == typeof(ProvenDeployment))
            return EvidenceJson.ReadProven(json, environments);
        if (actual == typeof(Approval))
            return EvidenceJson.ReadApproval(json);
        if (PlainValues.Knows(actual))
            return PlainValues.Parse(json.GetString()!, actual);
        if (ElementOf(actual) is { } element)
        {
            var values = Array.CreateInstance(element, json.GetArrayLength());
            int index = 0;
            foreach (JsonElement one in json.EnumerateArray())
                values.SetValue(Value(one, element, environments), index++);
            return actual.IsInstanceOfType(values) ? values : Activator.CreateInstance(actual, values);
        }

        return ServiceRecords.Read(json, actual);
    }

    /// <summary>What an array, a <c>List</c> or an interface that both have is made of; null for all else.</summary>
    private static Type? ElementOf(Type type)
    {
        if (type.IsSZArray)
            return type.GetElementType();
        if (!type.IsGenericType || type.GetGenericArguments() is not [var element])
            return null;
        Type definition = type.GetGenericTypeDefinition();
        return definition == typeof(List<>) || (type.IsInterface && type.IsAssignableFrom(element.MakeArrayType())) ? element : null;
    }
}
