using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>An undo, as a journal tells it.</summary>
/// <param name="Result">How it ended; null where it was begun and did not end.</param>
/// <param name="Reports">What it reported.</param>
internal sealed record KeptUndo(UndoResult? Result, IReadOnlyList<StageReport> Reports)
{
    public static KeptUndo Read(JsonElement json) => new(
        new UndoResult(
            JournalJson.Text(json, "stage")!,
            JournalJson.Text(json, "because")!,
            json.TryGetProperty("changed", out JsonElement changed) ? new UndoReport(changed.GetBoolean(), JournalJson.Text(json, "summary")!) : null,
            json.TryGetProperty("failure", out _) ? JournalJson.ReadFailure(json) : null,
            JournalJson.ReadTime(json, "took")),
        JournalJson.ReadReports(json));
}
