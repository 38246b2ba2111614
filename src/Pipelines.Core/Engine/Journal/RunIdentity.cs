using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>What a run was started as. Whoever goes on with it, or takes its outputs, must be the same.</summary>
/// <remarks>
/// This, and the checksums, guard against accidents: another checkout, another commit, an edited script, a newer library, a file that a disk or an editor damaged. They do not guard against
/// somebody who may write to the checkout and forges a journal on purpose: such a person may as well change the script. Which environments exist, where they are and which secrets open them
/// therefore never comes from a journal but from the plan as it is now.
/// </remarks>
internal sealed record RunIdentity
{
    public required string Run { get; init; }

    public required string Pipeline { get; init; }

    /// <summary>The version of this library.</summary>
    public required string Library { get; init; }

    /// <summary>The build of the script: another one may do anything.</summary>
    public required string Script { get; init; }

    public required RunMode Mode { get; init; }

    /// <summary>The checkout.</summary>
    public required string Directory { get; init; }

    /// <summary>The commit; null where the pipeline did not ask for it.</summary>
    public string? Commit { get; init; }

    /// <summary>The image tag, which names uncommitted changes too.</summary>
    public string? Tag { get; init; }

    /// <summary>The pull request that is built: also one that the command line named, which no variable tells again; null for none.</summary>
    public int? PullRequest { get; init; }

    /// <summary>The stages, each as name and what must stay the same of it.</summary>
    public required IReadOnlyList<StageIdentity> Stages { get; init; }

    /// <summary>The settings that decide what a run does, in their order: not timeouts, and not where secrets are kept.</summary>
    public IReadOnlyList<(string Key, string? Value)> Settings { get; init; } = [];

    /// <summary>What <c>--set</c> gave.</summary>
    public IReadOnlyList<string> Assignments { get; init; } = [];

    /// <summary>What <c>--stage</c> named.</summary>
    public IReadOnlyList<string> Selection { get; init; } = [];

    /// <summary>What <c>--from</c> named.</summary>
    public string? From { get; init; }

    /// <summary>The run whose outputs this one started with.</summary>
    public string? Reuses { get; init; }

    public static IReadOnlyList<StageIdentity> StagesOf(PipelinePlan plan) => [.. plan.Stages.Select(stage => new StageIdentity(stage.Name, Definition(stage)))];

    /// <summary>What is not as it was, a sentence each; none where a run of <paramref name="now"/> may go on from this one.</summary>
    public IReadOnlyList<string> Changes(RunIdentity now)
    {
        var changes = new List<string>();
        Compare("the pipeline", Pipeline, now.Pipeline);
        Compare("the version of the library", Library, now.Library);
        Compare("the mode", Mode.ToString().ToLowerInvariant(), now.Mode.ToString().ToLowerInvariant());
        Compare("the checkout", Directory, now.Directory);
        Compare("the commit", Commit, now.Commit);
        if (Commit == now.Commit && Tag != now.Tag)
            changes.Add($"the uncommitted changes: they were {Tag ?? "none"} and are {now.Tag ?? "none"}");
        CompareStages(now, changes);
        foreach ((string key, string? value) in Settings)
            if (now.Settings.FirstOrDefault(other => other.Key == key) is var other && other.Value != value)
                changes.Add($"the setting {key}: it was '{value ?? "not set"}' and is '{other.Value ?? "not set"}'");
        if (changes.Count == 0 && Script != now.Script)
            changes.Add("the build script: it was compiled from other sources");
        return changes;

        void Compare(string what, string? before, string? after)
        {
            if (before != after)
                changes.Add($"{what}: it was '{before ?? "not known"}' and is '{after ?? "not known"}'");
        }
    }

    public void Write(JsonText json)
    {
        json.WriteString("run", Run);
        json.WriteString("pipeline", Pipeline);
        json.WriteString("library", Library);
        json.WriteString("script", Script);
        json.WriteString("mode", Mode.ToString());
        json.WriteString("directory", Directory);
        json.WriteString("commit", Commit);
        json.WriteString("tag", Tag);
        json.WriteString("pullRequest", PullRequest?.ToString(CultureInfo.InvariantCulture));
        json.WriteString("from", From);
        json.WriteString("reuses", Reuses);
        JournalJson.WriteTexts(json, "assignments", Assignments);
        JournalJson.WriteTexts(json, "selection", Selection);
        json.WriteStartArray("stages");
        foreach ((string name, string definition) in Stages)
        {
            json.WriteStartObject();
            json.WriteString("name", name);
            json.WriteString("is", definition);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteStartArray("settings");
        foreach ((string key, string? value) in Settings)
        {
            json.WriteStartObject();
            json.WriteString("key", key);
            json.WriteString("value", value);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    public static RunIdentity Read(JsonElement json) => new()
    {
        Run = JournalJson.Text(json, "run")!,
        Pipeline = JournalJson.Text(json, "pipeline")!,
        Library = JournalJson.Text(json, "library")!,
        Script = JournalJson.Text(json, "script")!,
        Mode = Enum.Parse<RunMode>(JournalJson.Text(json, "mode")!),
        Directory = JournalJson.Text(json, "directory")!,
        Commit = JournalJson.Text(json, "commit"),
        Tag = JournalJson.Text(json, "tag"),
        PullRequest = int.TryParse(JournalJson.Text(json, "pullRequest"), NumberStyles.None, CultureInfo.InvariantCulture, out int number) ? number : null,
        From = JournalJson.Text(json, "from"),
        Reuses = JournalJson.Text(json, "reuses"),
        Assignments = JournalJson.Texts(json, "assignments"),
        Selection = JournalJson.Texts(json, "selection"),
        Stages = [.. json.GetProperty("stages").EnumerateArray().Select(stage => new StageIdentity(JournalJson.Text(stage, "name")!, JournalJson.Text(stage, "is")!))],
        Settings = [.. json.GetProperty("settings").EnumerateArray().Select(setting => (JournalJson.Text(setting, "key")!, JournalJson.Text(setting, "value")))],
    };

    private void CompareStages(RunIdentity now, List<string> changes)
    {
        foreach ((string name, string definition) in Stages)
        {
            if (!now.Stages.Any(other => other.Name == name))
                changes.Add($"the stage '{name}' is there no more");
            else if (now.Stages.First(other => other.Name == name).Definition is var after && after != definition)
                changes.Add($"the stage '{name}': it was '{definition}' and is '{after}'");
        }

        foreach ((string name, _) in now.Stages)
            if (!Stages.Any(other => other.Name == name))
                changes.Add($"the stage '{name}' is new");
    }

    private static string Definition(PlannedStage stage)
    {
        if (stage is { Inputs.Count: 0, After.Count: 0, Conditions.Count: 0, Environment: null, Always: false })
            return $"{stage.Kind} -> {stage.Output}";
        string text = $"{stage.Kind} -> {stage.Output}";
        if (stage.Inputs.Count > 0)
            text += $"; takes {Names(stage.Inputs)}";
        if (stage.After.Count > 0)
            text += $"; after {Names(stage.After)}";
        if (stage.Conditions.Count > 0)
            text += $"; when {string.Join(" and ", stage.Conditions.Select(condition => condition.Description))}";
        if (stage.Environment is not null)
            text += $"; in {stage.Environment}";
        return stage.Always ? text + "; always" : text;
    }

    private static string Names(IReadOnlyList<PlannedStage> stages) => stages.Count == 1 ? stages[0].Name : string.Join(", ", stages.Select(stage => stage.Name));
}
