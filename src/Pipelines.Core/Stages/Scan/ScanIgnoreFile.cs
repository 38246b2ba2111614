namespace Pipelines.Core.Stages.Scan;

/// <summary>Reads the list of findings in images that may pass: each with a reason and the last day it counts.</summary>
internal static class ScanIgnoreFile
{
    private static readonly IgnoreFileForm Form = new(["id", "reason", "expires"], "'id', 'reason' and 'expires'", "- id: CVE-2026-1234, reason: why it does not apply here, expires: 2026-12-31");

    /// <inheritdoc cref="IgnoreFile.Read"/>
    public static IReadOnlyList<ScanIgnoreEntry> Read(string path, string name) => IgnoreFile.Read<ScanIgnoreEntry>(path, name, Form, ReadEntry);

    private static ScanIgnoreEntry? ReadEntry(IgnoreEntry entry, IReadOnlyList<ScanIgnoreEntry> earlier)
    {
        string id = entry.Required("id", "id");
        string reason = entry.Required("reason", "id");
        _ = entry.Required("expires", "id");
        DateOnly? expires = entry.Date("expires");
        if (id.Length > 0 && earlier.FirstOrDefault(one => one.Id == id) is { } twin)
            entry.Error("", $"'{id}' is in the list twice, the first time in line {twin.Line}");
        return expires is null ? null : new ScanIgnoreEntry(id, reason, expires.Value, entry.Line);
    }
}
