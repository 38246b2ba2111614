using System.Text.Json;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>Reads Argo CD's JSON. Whatever is missing or of another type is taken as not said: fields come and go between versions.</summary>
/// <remarks>The shape is <c>v1alpha1Application</c> of the server's own <c>/swagger.json</c>.</remarks>
internal static class ArgoCdJson
{
    public static ArgoCdApplication Application(JsonElement application)
    {
        JsonElement status = Get(application, "status");
        JsonElement sync = Get(status, "sync");
        JsonElement health = Get(status, "health");
        JsonElement spec = Get(application, "spec");
        return new ArgoCdApplication
        {
            SyncStatus = Text(sync, "status") ?? "",
            Revisions = Revisions(sync),
            Health = Text(health, "status") ?? "",
            HealthMessage = Text(health, "message"),
            HealthSince = Time(health, "lastTransitionTime"),
            ReconciledAt = Time(status, "reconciledAt"),
            Operation = Operation(Get(status, "operationState")),
            Resources = [.. Items(status, "resources").Select(Resource)],
            Conditions = [.. Items(status, "conditions").Select(condition => $"{Text(condition, "type")}: {Text(condition, "message")}")],
            IsAutomated = IsAutomated(Get(Get(spec, "syncPolicy"), "automated")),
            Follows = [.. Items(spec, "sources").DefaultIfEmpty(Get(spec, "source")).Select(Source).OfType<string>()],
        };
    }

    /// <summary>The nodes of <c>/resource-tree</c>.</summary>
    public static IReadOnlyList<ArgoCdResource> Tree(JsonElement tree) => [.. Items(tree, "nodes").Select(Resource)];

    /// <summary>The message of an error answer; null where there is none.</summary>
    public static string? ErrorMessage(JsonElement error) => Text(error, "message") ?? Text(error, "error");

    public static JsonElement Get(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) ? value : default;

    public static string? Text(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } value && value.GetString() is { Length: > 0 } text ? text : null;

    private static ArgoCdOperation? Operation(JsonElement state)
    {
        if (Text(state, "phase") is not { } phase)
            return null;
        JsonElement result = Get(state, "syncResult");
        string[] revisions = Revisions(result);
        if (revisions.Length == 0)
            revisions = Revisions(Get(Get(state, "operation"), "sync")); // it has not come to a result yet
        string[] failed = [.. Items(result, "resources")
            .Where(resource => Text(resource, "status") == "SyncFailed" || Text(resource, "hookPhase") is "Failed" or "Error")
            .Select(resource => $"{Text(resource, "kind")}/{Text(resource, "name")}: {Text(resource, "message")?.ReplaceLineEndings(" ")}")];
        return new ArgoCdOperation(phase, Text(state, "message"), revisions, Time(state, "startedAt"), Time(state, "finishedAt"), failed);
    }

    private static ArgoCdResource Resource(JsonElement resource)
    {
        JsonElement health = Get(resource, "health");
        return new ArgoCdResource(Text(resource, "kind") ?? "?", Text(resource, "name") ?? "?", Text(health, "status"), Text(health, "message"));
    }

    private static string? Source(JsonElement source) => Text(source, "repoURL") is { } repository ? $"{Text(source, "targetRevision") ?? "HEAD"} of {repository}" : null;

    private static bool IsAutomated(JsonElement automated) =>
        automated.ValueKind == JsonValueKind.Object && Get(automated, "enabled").ValueKind != JsonValueKind.False;

    private static string[] Revisions(JsonElement element)
    {
        string[] several = [.. Items(element, "revisions").Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!).Where(text => text.Length > 0)];
        return several.Length > 0 ? several : Text(element, "revision") is { } one ? [one] : [];
    }

#pragma warning disable CA1859 // where there is no array, there is no ArrayEnumerator either
    private static IEnumerable<JsonElement> Items(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];
#pragma warning restore CA1859

    private static DateTimeOffset? Time(JsonElement element, string name) =>
        Get(element, name) is { ValueKind: JsonValueKind.String } value && value.TryGetDateTimeOffset(out DateTimeOffset time) ? time : null;
}
