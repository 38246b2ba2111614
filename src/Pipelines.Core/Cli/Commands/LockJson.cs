using System.Text.Json;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core.Cli.Commands;

/// <summary>A lock as <c>status</c> and <c>lock list</c> tell it.</summary>
internal static class LockJson
{
    public static void Write(Utf8JsonWriter json, LockEntry? entry)
    {
        json.WriteString("run", entry?.Run);
        json.WriteString("doing", entry?.Doing);
        json.WriteString("actor", entry?.Actor);
        json.WriteString("host", entry?.Host);
        json.WriteString("commit", entry?.Commit);
        json.WriteString("branch", entry?.Branch);
        json.WriteString("since", entry is null ? null : DocumentJson.Time(entry.Since));
        json.WriteString("expires", entry is null ? null : DocumentJson.Time(entry.Expires));
        json.WriteString("tookOverFrom", entry?.TookOverFrom);
        json.WriteString("released", entry?.Released);
    }

    /// <summary>Until when, in words.</summary>
    public static string Until(LockEntry entry, DateTimeOffset now) =>
        entry.Expires < now ? $"expired at {DocumentJson.Time(entry.Expires)}" : $"until {DocumentJson.Time(entry.Expires)} if it is not renewed";
}
