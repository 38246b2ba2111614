using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>The journal of one run: what it was started as, how each stage ended with its output, every outside effect before and after, every undo, and the run's end.</summary>
/// <remarks>A journal that cannot be written any more stops the run before its next outside effect; stages without one, and undos, go on.</remarks>
internal sealed class RunJournal : IDisposable
{
    public const string FileName = "journal.jsonl";

    private readonly JournalFile _file;
    private readonly ITextMasker _masker;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private readonly StringBuilder _text = new(512);
    private readonly Dictionary<(string Stage, string Name, string Details), EffectState> _effects = [];
    private bool _told;

    private RunJournal(JournalFile file, ITextMasker masker, TimeProvider time) => (_file, _masker, _time) = (file, masker, time);

    /// <summary>Told once when the journal cannot be written any more.</summary>
    public Action<string>? Warn { get; set; }

    /// <summary>Starts the journal of a run.</summary>
    /// <exception cref="JournalException">It cannot be written: the run must not start.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the journal disposes its file")]
    public static RunJournal Create(string path, RunIdentity identity, ITextMasker masker, TimeProvider time, JournalWatch? watch)
    {
        var journal = new RunJournal(JournalFile.Create(path, time, watch), masker, time);
        try
        {
            journal.Append("run", identity.Write);
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Goes on with the journal of a run.</summary>
    /// <param name="path">The file.</param>
    /// <param name="history">What it holds.</param>
    /// <param name="again">The stages that run again though they ended.</param>
    /// <param name="masker">The masker.</param>
    /// <param name="time">The clock.</param>
    /// <param name="watch">The test that looks on.</param>
    /// <exception cref="JournalException">It cannot be written: the run must not go on.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the journal disposes its file")]
    public static RunJournal Continue(string path, RunHistory history, IReadOnlyList<string> again, ITextMasker masker, TimeProvider time, JournalWatch? watch)
    {
        var journal = new RunJournal(JournalFile.Continue(path, history.Content, time, watch), masker, time);
        try
        {
            journal.Append("resumed", json => JournalJson.WriteTexts(json, "again", again));
            history.Forget(again);
            foreach (((string, string, string) effect, EffectState state) in history.Effects)
                journal._effects[effect] = state;
            return journal;
        }
        catch
        {
            journal.Dispose();
            throw;
        }
    }

    /// <summary>Keeps how a stage ended. Outcomes that follow from others' are not kept: they are found again.</summary>
    public void StageEnded(PlannedStage stage, StageOutcome outcome, TimeSpan duration, int attempts, IReadOnlyList<StageReport> reports)
    {
        if (outcome is StageOutcome.Cancelled or StageOutcome.Skipped { Cause: not SkipCause.Condition })
            return;
        string? reason = null;
        string? output = outcome switch
        {
            StageOutcome.Succeeded succeeded => OutputCodec.Write(succeeded.Output, stage.Behaviour.OutputClass, out reason),
            StageOutcome.Restored restored => OutputCodec.Write(restored.Output, stage.Behaviour.OutputClass, out reason),
            _ => null,
        };
        if (output is not null && _masker.Mask(output) != output)
            (output, reason) = (null, "it holds a secret");
        TryAppend("stage", json =>
        {
            json.WriteString("stage", stage.Name);
            json.WriteString("outcome", outcome.Word);
            JournalJson.WriteTime(json, "took", duration);
            json.WriteNumber("attempts", attempts);
            if (output is not null)
                json.WriteRaw("output", output);
            else if (reason is not null)
                json.WriteString("notKept", reason);
            switch (outcome)
            {
                case StageOutcome.Failed failed:
                    JournalJson.WriteFailure(json, failed.Failure);
                    break;
                case StageOutcome.TimedOut timedOut:
                    JournalJson.WriteTime(json, "limit", timedOut.Limit);
                    JournalJson.WriteFailure(json, timedOut.Failure);
                    break;
                case StageOutcome.Skipped { Cause: SkipCause.Condition condition }:
                    json.WriteString("condition", condition.Expression);
                    break;
            }

            JournalJson.WriteReports(json, reports);
        });
    }

    /// <summary>Keeps that the run was asked to end.</summary>
    /// <param name="undo">Whether what is not proven is undone now.</param>
    public void CancelAsked(bool undo) => TryAppend("cancel", json => json.WriteBoolean("undo", undo));

    public void UndoBegan(PlannedStage stage, string because) => TryAppend("undo-began", json =>
    {
        json.WriteString("stage", stage.Name);
        json.WriteString("because", because);
    });

    public void UndoEnded(PlannedStage stage, UndoResult result, IReadOnlyList<StageReport> reports) => TryAppend("undo-ended", json =>
    {
        json.WriteString("stage", stage.Name);
        json.WriteString("because", result.Because);
        JournalJson.WriteTime(json, "took", result.Duration);
        if (result.Report is { } report)
        {
            json.WriteBoolean("changed", report.Changed);
            json.WriteString("summary", report.Summary);
        }

        if (result.Failure is { } failure)
            JournalJson.WriteFailure(json, failure);
        JournalJson.WriteReports(json, reports);
    });

    /// <summary>Keeps the run's end, and waits until all of the journal is on the disk.</summary>
    public void RunEnded(RunResult result)
    {
        TryAppend("end", json =>
        {
            json.WriteString("status", result.Status.ToString());
            json.WriteNumber("exitCode", result.ExitCode);
        });
        try
        {
            _file.Sync();
        }
        catch (JournalException exception)
        {
            Tell(exception);
        }
    }

    public EffectState Recall(string stage, string name, string details)
    {
        lock (_lock)
            return _effects.GetValueOrDefault((stage, _masker.Mask(name), _masker.Mask(details)), EffectState.New);
    }

    /// <summary>Whether the outside must be asked about an effect of a stage.</summary>
    public bool HasHalfDone(string stage)
    {
        lock (_lock)
            return _effects.Any(effect => effect.Key.Stage == stage && effect.Value == EffectState.Begun);
    }

    /// <exception cref="JournalException">It cannot be kept.</exception>
    public void EffectBegan(string stage, string name, string details) => Effect("effect-began", EffectState.Begun, stage, name, details);

    /// <exception cref="JournalException">It cannot be kept.</exception>
    public void EffectEnded(string stage, string name, string details) => Effect("effect-ended", EffectState.Done, stage, name, details);

    /// <summary>Tells, once, that nothing is kept any more.</summary>
    public void Tell(JournalException exception)
    {
        lock (_lock)
        {
            if (_told)
                return;
            _told = true;
        }

        Warn?.Invoke($"{exception.What} The run stops before its next outside effect, and can go on only from what was kept until now.\n{exception.Evidence}");
    }

    public void Dispose() => _file.Dispose();

    private void Effect(string kind, EffectState state, string stage, string name, string details)
    {
        lock (_lock)
            _effects[(stage, _masker.Mask(name), _masker.Mask(details))] = state;
        Append(
            kind,
            json =>
            {
                json.WriteString("stage", stage);
                json.WriteString("effect", name);
                json.WriteString("details", details);
            },
            durable: true);
    }

    private void TryAppend(string kind, Action<JsonText> write)
    {
        try
        {
            Append(kind, write);
        }
        catch (JournalException exception)
        {
            Tell(exception);
        }
    }

    private void Append(string kind, Action<JsonText> write, bool durable = false)
    {
        string record;
        lock (_lock)
        {
            _text.Clear();
            var json = new JsonText(_text);
            json.WriteStartObject();
            json.WriteString("record", kind);
            json.WriteString("at", _time.GetUtcNow());
            write(json);
            json.WriteEndObject();
            record = _text.ToString();
        }

        string masked = _masker.Mask(record);
        if (!ReferenceEquals(masked, record) && masked != record)
            RequireJson(masked, kind);
        _file.Append(masked, durable);
    }

    /// <summary>A secret that is a word of the format would take the record apart: better no journal than one that lies.</summary>
    [SuppressMessage("Performance", "CA1822:Mark members as static", Justification = "it speaks for this journal")]
    private void RequireJson(string masked, string kind)
    {
        try
        {
            using var document = JsonDocument.Parse(masked);
            if (document.RootElement.TryGetProperty("record", out JsonElement actual) && actual.GetString() == kind)
                return;
        }
        catch (JsonException)
        {
            // told below
        }

        throw new JournalException("A record of the journal cannot be written without a secret in it.", $"  the record '{kind}'", "Give the secret whose value is a common word or has quotes in it another value.");
    }
}
