using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>What a run did so far, from its journal.</summary>
internal sealed class RunHistory
{
    private readonly Dictionary<string, KeptStage> _stages = new(StringComparer.Ordinal);
    private readonly Dictionary<string, KeptUndo> _undos = new(StringComparer.Ordinal);
    private readonly Dictionary<(string Stage, string Name, string Details), EffectState> _effects = [];

    private RunHistory(string path, JournalContent content, RunIdentity identity, DateTimeOffset startedAt) => (Path, Content, Identity, StartedAt) = (path, content, identity, startedAt);

    public string Path { get; }

    public JournalContent Content { get; }

    public RunIdentity Identity { get; }

    public DateTimeOffset StartedAt { get; }

    /// <summary>How it ended; null where it was killed.</summary>
    public RunStatus? Status { get; private set; }

    /// <summary>Whether it was asked to end and began to undo what was not proven.</summary>
    public bool WasCancelledToUndo { get; private set; }

    public IReadOnlyDictionary<string, KeptStage> Stages => _stages;

    public IReadOnlyDictionary<string, KeptUndo> Undos => _undos;

    public IReadOnlyDictionary<(string Stage, string Name, string Details), EffectState> Effects => _effects;

    /// <summary>Reads a journal.</summary>
    /// <exception cref="JournalException">There is none, or it cannot be read.</exception>
    public static RunHistory Read(string path)
    {
        byte[] bytes;
        try
        {
            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw Unusable(path, exception is FileNotFoundException or DirectoryNotFoundException ? "there is none" : exception.Message);
        }

        JournalContent content = JournalLines.Read(bytes, path);
        if (content.Records.Count == 0)
            throw Unusable(path, "it has no whole record: the run was killed before it did anything");
        try
        {
            JsonElement first = content.Records[0];
            if (JournalJson.Text(first, "record") != "run")
                throw Unusable(path, "its first record does not say what was run");
            var history = new RunHistory(path, content, RunIdentity.Read(first), JournalJson.ReadInstant(first, "at"));
            foreach (JsonElement record in content.Records.Skip(1))
                history.Apply(record);
            return history;
        }
        catch (Exception exception) when (exception is InvalidOperationException or KeyNotFoundException or ArgumentException or FormatException)
        {
            throw Unusable(path, $"it was written by another version of this library: {exception.Message}");
        }
    }

    /// <summary>Whether the outside must be asked about an effect of a stage.</summary>
    public bool HasHalfDone(string stage) => _effects.Any(effect => effect.Key.Stage == stage && effect.Value == EffectState.Begun);

    /// <summary>The stages are as if they had not ended. Whether their effects stand is asked of the outside.</summary>
    public void Forget(IReadOnlyList<string> stages)
    {
        foreach (string stage in stages)
        {
            _stages.Remove(stage);
            _undos.Remove(stage);
            foreach ((string Stage, string, string) effect in _effects.Keys.Where(effect => effect.Stage == stage).ToList())
                _effects[effect] = EffectState.Begun;
        }
    }

    /// <summary>What the torn tail means; null where there is none.</summary>
    public string? TornTail => Content.TornBytes == 0
        ? null
        : string.Create(CultureInfo.InvariantCulture, $"The last record of the journal was cut off in the middle ({Content.TornBytes} bytes): it is left away. What it told of is looked up or done again.");

    private void Apply(JsonElement record)
    {
        string? stage = JournalJson.Text(record, "stage");
        switch (JournalJson.Text(record, "record"))
        {
            case "resumed":
                Forget(JournalJson.Texts(record, "again"));
                WasCancelledToUndo &= Status is null; // one that came to its end is tried again, one that was killed is brought to its end
                Status = null;
                break;
            case "stage":
                _stages[stage!] = KeptStage.Read(record);
                break;
            case "effect-began":
                _effects[Effect(record)] = EffectState.Begun;
                break;
            case "effect-ended":
                _effects[Effect(record)] = EffectState.Done;
                break;
            case "undo-began":
                _undos[stage!] = new KeptUndo(null, []);
                break;
            case "undo-ended":
                _undos[stage!] = KeptUndo.Read(record);
                break;
            case "cancel":
                WasCancelledToUndo = record.GetProperty("undo").GetBoolean();
                break;
            case "end":
                Status = Enum.Parse<RunStatus>(JournalJson.Text(record, "status")!);
                break;
        }
    }

    private static (string Stage, string Name, string Details) Effect(JsonElement record) =>
        (JournalJson.Text(record, "stage")!, JournalJson.Text(record, "effect")!, JournalJson.Text(record, "details")!);

    private static JournalException Unusable(string path, string reason) => new(
        "The journal of this run cannot be used.", $"  {path}: {reason}", "Start a new run: it finds what is there already (the image, the commit) and does not do it twice.")
    { Cause = FailureKind.Usage };
}
