using System.Text.Json;

namespace Pipelines.Core.GitOps.Locks;

/// <summary>Who holds an environment, or waits for it.</summary>
/// <param name="Run">The run.</param>
/// <param name="Host">The machine or CI system it is on.</param>
/// <param name="Actor">Who started it.</param>
/// <param name="Commit">The commit of the service.</param>
/// <param name="Branch">Its branch; null where it is not known.</param>
/// <param name="CommittedAt">When that commit was made.</param>
/// <param name="Since">Since when, by the clock of the run.</param>
/// <param name="Expires">Until when, where nothing renews it.</param>
internal sealed record LockEntry(string Run, string Host, string Actor, string Commit, string? Branch, DateTimeOffset CommittedAt, DateTimeOffset Since, DateTimeOffset Expires)
{
    /// <summary>Whose stale lock it took over; null where it was free.</summary>
    public string? TookOverFrom { get; init; }

    /// <summary>Who took it from its holder by hand, and why; null for nobody. Such a lock is free.</summary>
    public string? Released { get; init; }

    /// <summary>What a person does there, such as <c>rollback</c>; null for a run.</summary>
    public string? Doing { get; init; }

    /// <summary>One line for people.</summary>
    public string Text => Doing is not null ? $"the {Doing} {Run} of {Actor} on {Host}, since {DocumentJson.Time(Since)}" : $"run {Run} of {Actor} on {Host}, commit {Commit[..Math.Min(10, Commit.Length)]}{(Branch is null ? "" : $" of '{Branch}'")}, since {DocumentJson.Time(Since)}";

    public string ToJson() => DocumentJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("run", Run);
        json.WriteString("host", Host);
        json.WriteString("actor", Actor);
        json.WriteString("commit", Commit);
        json.WriteString("branch", Branch);
        json.WriteString("committedAt", DocumentJson.Time(CommittedAt));
        json.WriteString("since", DocumentJson.Time(Since));
        json.WriteString("expires", DocumentJson.Time(Expires));
        json.WriteString("tookOverFrom", TookOverFrom);
        json.WriteString("released", Released);
        json.WriteString("doing", Doing);
    });

    /// <returns>The entry; null where the document is none.</returns>
    public static LockEntry? Parse(string text) => DocumentJson.TryRead(text, Read);

    private static LockEntry Read(JsonElement json) =>
        new(json.Text("run"), json.Text("host"), json.Text("actor"), json.Text("commit"), json.Find("branch"), json.Time("committedAt"), json.Time("since"), json.Time("expires"))
        {
            TookOverFrom = json.Find("tookOverFrom"),
            Released = json.Find("released"),
            Doing = json.Find("doing"),
        };
}
