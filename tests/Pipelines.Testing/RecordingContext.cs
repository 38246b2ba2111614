using System.Collections.Concurrent;
using Pipelines.Core;
using Pipelines.Core.Model;

namespace Pipelines.Testing;

/// <summary>A stage context that records what the stage says. Secrets are those given, by reference.</summary>
public sealed class RecordingContext
{
    private readonly Recorder _recorder = new();

    public RecordingContext(string? directory = null, RunMode mode = RunMode.Live, TimeProvider? time = null, IReadOnlyDictionary<string, string>? secrets = null, SourceRevision? source = null, DateTimeOffset? startedAt = null, string host = "local", string? actor = null, string? id = null, Func<string, string?>? terminal = null, int? pullRequest = null)
    {
        directory ??= Environment.CurrentDirectory;
        Run = new RunInfo
        {
            Id = id ?? "20260102-030405-test",
            StartedAt = startedAt,
            Pipeline = "test",
            Mode = mode,
            Directory = directory,
            RunDirectory = Path.Combine(directory, ".pipelines", "runs", id ?? "20260102-030405-test"),
            Host = host,
            IsCi = host != "local",
            Actor = actor,
            PullRequest = pullRequest,
            Source = source,
        };
        Context = new StageContext("test stage", Run, _recorder, new FixedSecrets(secrets ?? new Dictionary<string, string>()), time ?? TimeProvider.System)
        {
            Terminal = terminal is null ? null : new ScriptedTerminal(terminal),
        };
    }

    /// <summary>What masks the log, as the engine does it; nothing unless it is set.</summary>
    internal ITextMasker? Masker
    {
        get => _recorder.Masker;
        set => _recorder.Masker = value;
    }

    /// <summary>The context of an undo.</summary>
    /// <param name="stage">The stage that did not succeed.</param>
    /// <param name="reason">What that says about what was deployed.</param>
    internal StageContext Undo(string stage, UndoReason reason) => new(Context.StageName, Run, _recorder, Context.Secrets, Context.Time) { Undoing = new UndoCause(stage, reason) };

    public RunInfo Run { get; }

    public StageContext Context { get; }

    /// <summary>Every line of the log, in order.</summary>
    public IReadOnlyList<(LogLevel Level, string Text)> Log => [.. _recorder.Lines];

    /// <summary>The log as one text.</summary>
    public string LogText => string.Join('\n', _recorder.Lines.Select(line => line.Text));

    /// <summary>What the stage reported.</summary>
    public IReadOnlyList<StageReport> Reports => [.. _recorder.Reports];

    /// <summary>The last value of a reported fact.</summary>
    public string? Fact(string name) => _recorder.Reports.OfType<StageReport.Fact>().LastOrDefault(fact => fact.Name == name)?.Value;

    private sealed class Recorder : IStageReporter
    {
        public ConcurrentQueue<(LogLevel, string Text)> Lines { get; } = new();

        public ConcurrentQueue<StageReport> Reports { get; } = new();

        public ITextMasker? Masker { get; set; }

        public void Log(LogLevel level, string message) => Lines.Enqueue((level, Masker?.Mask(message) ?? message));

        public void LogMasked(LogLevel level, string line) => Lines.Enqueue((level, line));

        public void Report(StageReport report) => Reports.Enqueue(report);
    }

    /// <summary>The user <c>ann</c>, who answers as the test says; null for the end of the input.</summary>
    private sealed class ScriptedTerminal(Func<string, string?> answer) : ITerminal
    {
        public string User => "ann";

        public Task<string?> AskAsync(string text, CancellationToken cancellationToken) => Task.FromResult(answer(text));
    }

    private sealed class FixedSecrets(IReadOnlyDictionary<string, string> values) : ISecretResolver
    {
        public Task<Secret> GetAsync(SecretReference reference, CancellationToken cancellationToken = default) =>
            values.TryGetValue(reference.ToString(), out string? value)
                ? Task.FromResult(Secret.Of(value, reference.ToString()))
                : throw new SecretNotFoundException(reference, "not given to the test", "give it");

        public Task<SecretSet> GetSetAsync(SecretReference reference, CancellationToken cancellationToken = default) =>
            Task.FromResult(new SecretSet(reference.ToString(), values.Where(pair => pair.Key.StartsWith(reference.ToString(), StringComparison.Ordinal))
                .Select(pair => KeyValuePair.Create(pair.Key[reference.ToString().Length..], Secret.Of(pair.Value, pair.Key)))));

        public void Add(Secret secret) { }

        IEnumerable<string> ISecretResolver.EnvironmentNames => values.Keys.Where(key => key.StartsWith("env://", StringComparison.Ordinal)).Select(key => key["env://".Length..]);
    }
}
