using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>How a stage ended, as a journal tells it.</summary>
internal sealed record KeptStage
{
    /// <summary>The word of the outcome.</summary>
    public required string Outcome { get; init; }

    /// <summary>Whether it did its work, in this run or in one that it was taken from.</summary>
    public bool HasOutput => Outcome is "succeeded" or "restored";

    /// <summary>Whether the run itself did the work, so that it is the run's to take back.</summary>
    public bool WasDoneByItsRun => Outcome == "succeeded";

    public JsonElement? Output { get; init; }

    /// <summary>Why the output was not kept.</summary>
    public string? NotKept { get; init; }

    public Failure? Failure { get; init; }

    public TimeSpan Limit { get; init; }

    public string? Condition { get; init; }

    public TimeSpan Duration { get; init; }

    public int Attempts { get; init; }

    public IReadOnlyList<StageReport> Reports { get; init; } = [];

    public static KeptStage Read(JsonElement json) => new()
    {
        Outcome = JournalJson.Text(json, "outcome")!,
        Output = json.TryGetProperty("output", out JsonElement output) ? output : null,
        NotKept = JournalJson.Text(json, "notKept"),
        Failure = json.TryGetProperty("failure", out _) ? JournalJson.ReadFailure(json) : null,
        Limit = json.TryGetProperty("limit", out _) ? JournalJson.ReadTime(json, "limit") : TimeSpan.Zero,
        Condition = JournalJson.Text(json, "condition"),
        Duration = JournalJson.ReadTime(json, "took"),
        Attempts = json.GetProperty("attempts").GetInt32(),
        Reports = JournalJson.ReadReports(json),
    };
}
