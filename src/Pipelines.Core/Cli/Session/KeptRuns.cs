using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.Session;

/// <summary>The runs of a checkout whose folders are still there.</summary>
internal static class KeptRuns
{
    /// <summary>The ids of all runs, the newest first: they sort by time.</summary>
    public static IReadOnlyList<string> Ids(string serviceDirectory)
    {
        string runs = Path.Combine(serviceDirectory, ".pipelines", "runs");
        return Directory.Exists(runs)
            ? [.. Directory.GetDirectories(runs).Select(folder => Path.GetFileName(folder)).OrderDescending(StringComparer.Ordinal)]
            : [];
    }

    public static string JournalOf(string serviceDirectory, string id) => Path.Combine(serviceDirectory, ".pipelines", "runs", id, RunJournal.FileName);

    /// <summary>The journal of a run; null where it has none that can be read.</summary>
    public static RunHistory? Find(string serviceDirectory, string id)
    {
        try
        {
            return File.Exists(JournalOf(serviceDirectory, id)) ? RunHistory.Read(JournalOf(serviceDirectory, id)) : null;
        }
        catch (JournalException)
        {
            return null; // who asks for this very run is told
        }
    }

    /// <summary>The run to go on with: the one that was named, else the newest that did not succeed.</summary>
    /// <exception cref="InvalidUsageException">There is none.</exception>
    public static string ToResume(string serviceDirectory, string? asked)
    {
        IReadOnlyList<string> ids = Ids(serviceDirectory);
        if (asked is not null)
        {
            return ids.Contains(asked)
                ? asked
                : throw new InvalidUsageException($"There is no run '{asked}' in this checkout.{NearestName.Suggestion(asked, ids)}", null, "All runs: dotnet run --project build -- runs");
        }

        return ids.FirstOrDefault(id => MayGoOn(serviceDirectory, id))
            ?? throw new InvalidUsageException("There is no run to go on with in this checkout: all of them succeeded, or did nothing.", null, "Start a new one: dotnet run --project build");
    }

    /// <summary>A damaged journal counts: that an older run went on instead would be no good surprise.</summary>
    private static bool MayGoOn(string serviceDirectory, string id)
    {
        try
        {
            return File.Exists(JournalOf(serviceDirectory, id)) && RunHistory.Read(JournalOf(serviceDirectory, id)).Status != RunStatus.Succeeded;
        }
        catch (JournalException exception)
        {
            return exception.IsDamage;
        }
    }

    /// <summary>The newest run whose outputs may be taken for a new one; null where there is none.</summary>
    /// <param name="serviceDirectory">The checkout.</param>
    /// <param name="now">What the new run is.</param>
    /// <param name="why">What is different about the newest of those that cannot be taken.</param>
    public static RunHistory? ToReuse(string serviceDirectory, RunIdentity now, out string? why)
    {
        why = null;
        if (now.Tag is null)
        {
            why = "this pipeline does not ask for its commit, so that nobody knows which sources an earlier run was made from";
            return null;
        }

        foreach (string id in Ids(serviceDirectory))
        {
            if (id == now.Run || Find(serviceDirectory, id) is not { Status: not null } history)
                continue;
            IReadOnlyList<string> changes = history.Identity.Changes(now);
            if (changes.Count == 0)
                return history;
            why ??= $"the newest, {id}, differs in {string.Join("; ", changes)}";
        }

        why ??= "no run of this checkout came to its end";
        return null;
    }
}
