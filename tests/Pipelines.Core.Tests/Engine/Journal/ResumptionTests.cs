using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Tests.Engine.Journal;

public sealed class ResumptionTests : IDisposable
{
    private readonly JournaledRun _run = new();
    private readonly Outside _outside = new();
    private readonly List<string> _ran = [];
    private bool _smokeFails;

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Resume_AfterAnyRecord_EndsAsTheUndisturbedRunAndRepeatsNoEffect(bool smokeFails)
    {
        _smokeFails = smokeFails;
        PipelinePlan plan = Plan();
        RunResult undisturbed = await _run.StartAsync(plan);
        string[] whole = _run.Lines;
        for (int records = 1; records < whole.Length; records++) // but for the end: the outside is ahead of the journal each time
        {
            File.WriteAllLines(_run.Path, whole);
            RunResult resumed = await _run.ResumeAsync(plan, records);
            Assert.Equal(undisturbed.ExitCode, resumed.ExitCode);
            Assert.Equal(undisturbed.Undos.Select(undo => (undo.Stage, undo.Because, undo.Report)), resumed.Undos.Select(undo => (undo.Stage, undo.Because, undo.Report)));
            foreach ((StageResult before, StageResult after) in undisturbed.Stages.Zip(resumed.Stages))
                Assert.True(after.Outcome.Word == before.Outcome.Word || (before.Outcome.HasOutput && after.Outcome.HasOutput), $"{records} records: '{before.Stage.Name}' {before.Outcome.Word} and then {after.Outcome.Word}");
            Assert.All(_outside.Done, effect => Assert.True(effect.Value == 1, $"{records} records: '{effect.Key}' was done {effect.Value} times"));
        }

        Assert.Equal(smokeFails ? ["deploy staging", "push", "revert staging"] : ["deploy staging", "push"], _outside.Done.Keys.Order());
    }

    [Fact]
    public async Task Resume_FinishedStages_AreRestoredWithTheirReportsAndDoNotRun()
    {
        PipelinePlan plan = Plan();
        await _run.StartAsync(plan);
        int pushed = Array.IndexOf(_run.Records, "stage", Array.IndexOf(_run.Records, "effect-ended"));
        _ran.Clear();
        RunResult result = await _run.ResumeAsync(plan, pushed + 1);
        Assert.Equal(["smoke"], _ran);
        Assert.IsType<StageOutcome.Restored>(result.Of("build"));
        Assert.IsType<StageOutcome.Restored>(result.Of("push"));
        Assert.IsType<StageOutcome.Succeeded>(result.Of("deploy"));
        Assert.Equal("41", Assert.IsType<StageReport.Fact>(_run.Events.Events.OfType<RunEvent.StageReported>().First(told => told.Stage.Name == "build").Report).Value);
        Assert.DoesNotContain(_run.Events.Events, told => told is RunEvent.StageStarted { Stage.Name: "build" or "push" });
    }

    [Fact]
    public async Task Resume_FinishedAnalysis_IsRestoredWithEveryValue()
    {
        var at = new DateTimeOffset(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);
        MetricMeasurement[] values = [new(at, 0.995, MeasurementOutcome.Pass), new(at.AddMinutes(1), null, MeasurementOutcome.Inconclusive, "no data"), new(at.AddMinutes(2), 1e-9, MeasurementOutcome.Fail)];
        var metric = new MetricResult("success rate", "sum(rate(x{a=\"b\"}[5m]))", "at least 99 %", AnalysisVerdict.Pass, "2 passed", values) { Unit = MetricUnit.Ratio, Lower = 0.99, Baseline = 0.5, Planned = 30 };
        var analysis = new AnalysisResult("https://prometheus.example.com", AnalysisVerdict.Inconclusive, "too few", [metric]) { Duration = TimeSpan.FromMinutes(30), AcceptedBy = "ann: a quiet night" };
        var pipeline = new PipelineBuilder("p");
        var observe = pipeline.Add("observe", (context, _) =>
        {
            context.Report("success rate", values[0]);
            context.Report(analysis);
            return Ran("observe", Unit.Value);
        });
        pipeline.Add("later", (_, _) => Task.CompletedTask).After(observe);
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        await _run.ResumeAsync(plan, 2);
        AnalysisResult told = Assert.IsType<StageReport.Analysis>(Assert.Single(_run.Events.Events.OfType<RunEvent.StageReported>()).Report).Result;
        Assert.Equal(values, Assert.Single(told.Metrics).Measurements);
        Assert.Equal(metric, told.Metrics[0] with { Measurements = values });
        Assert.Equal(analysis, told with { Metrics = analysis.Metrics });
    }

    [Theory]
    [InlineData(true, "ImageAtFault")]
    [InlineData(false, "Failed")]
    public async Task Resume_BeforeTheUndo_StillKnowsWhetherTheImageIsToBlame(bool imageAtFault, string reason)
    {
        var reasons = new List<string>();
        var pipeline = new PipelineBuilder("p");
        var deploy = pipeline.Add("deploy", new Effect("prod", "prod", new())
        {
            Undoing = (context, _) =>
        {
            reasons.Add(context.Undoing!.Reason.ToString());
            return Task.CompletedTask;
        }
        });
        pipeline.Add("smoke", deploy, (_, _, _) => throw new StageFailedException("503") { ImageAtFault = imageAtFault });
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        await _run.ResumeAsync(plan, Array.IndexOf(_run.Records, "undo-began"));
        Assert.Equal([reason, reason], reasons);
    }

    [Fact]
    public async Task Resume_OfARunThatFailed_DoesAgainWhatFailedAndWhatWasUndone()
    {
        _smokeFails = true;
        PipelinePlan plan = Plan();
        await _run.StartAsync(plan);
        _smokeFails = false;
        _outside.Done.Clear(); // it is undone
        _ran.Clear();
        RunResult result = await _run.ResumeAsync(plan);
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(["deploy", "smoke"], _run.Resumption!.Again);
        Assert.Equal(["smoke"], _ran);
        Assert.Equal(["deploy staging"], _outside.Done.Keys);
        Assert.Empty(result.Undos);
    }

    [Fact]
    public async Task Resume_OutputThatCannotBeKept_RunsAgainOnlyWhereItIsNeeded()
    {
        var pipeline = new PipelineBuilder("p");
        var stream = pipeline.Add("stream", (_, _) => Ran<Stream>("stream", new MemoryStream()));
        var used = pipeline.Add("used", stream, (value, _, _) => Ran("used", value.Length));
        pipeline.Add("last", used, (_, _, _) => Ran("last", Unit.Value));
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);

        _ran.Clear();
        Assert.Equal(0, (await _run.ResumeAsync(plan, 3)).ExitCode);
        Assert.Equal(["last"], _ran);
        Assert.Empty(_run.Resumption!.Notes);

        _ran.Clear();
        await _run.StartAsync(plan);
        _ran.Clear();
        await _run.ResumeAsync(plan, 2);
        Assert.Equal(["stream", "used", "last"], _ran);
        Assert.Contains("'stream' runs again: its output (Stream) could not be kept: it is a MemoryStream", Assert.Single(_run.Resumption!.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Resume_AlwaysStage_RunsAgainWhereWhatItWaitsForDoes()
    {
        bool fails = true;
        var pipeline = new PipelineBuilder("p");
        var work = pipeline.Add("work", (_, _) => fails ? throw new StageFailedException("no") : Ran("work", 1));
        pipeline.Add("notice", (_, _) => Ran("notice", Unit.Value)).After(work).Always();
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        await _run.ResumeAsync(plan, 3); // killed right before its end: nothing is left to do
        Assert.Equal(["notice"], _ran);
        fails = false;
        Assert.Equal(RunStatus.Succeeded, (await _run.ResumeAsync(plan)).Status);
        Assert.Equal(["notice", "work", "notice"], _ran);
    }

    [Fact]
    public async Task Resume_StageThatItsConditionSkipped_StaysSkipped()
    {
        bool holds = false;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("sometimes", (_, _) => Ran("sometimes", Unit.Value)).When(_ => holds);
        pipeline.Add("later", (_, _) => Ran("later", Unit.Value));
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        holds = true;
        RunResult result = await _run.ResumeAsync(plan, 2);
        Assert.IsType<SkipCause.Condition>(Assert.IsType<StageOutcome.Skipped>(result.Of("sometimes")).Cause);
        Assert.Equal(["later", "later"], _ran);
    }

    [Fact]
    public async Task Resume_HalfDoneEffectBesideAFailure_IsDecidedAndTakenBack()
    {
        var pipeline = new PipelineBuilder("p");
        var start = pipeline.Add("start", (_, _) => Task.FromResult("s"));
        var deploy = pipeline.Add<string, string>("deploy", new Outside.Deploy(_outside), start);
        pipeline.Add("smoke", deploy, (_, _, _) => Task.CompletedTask);
        pipeline.Add("lint", (_, _) => throw new StageFailedException("lint found something"));
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        // What a kill leaves while 'deploy' is at work and 'lint' has failed: the effect has begun, and nothing says whether it was done.
        string[] kinds = _run.Records;
        Assert.Equal(["run", "stage", "effect-began", "effect-ended"], kinds[..4]);
        var history = RunHistory.Read(_run.Path);
        File.Delete(_run.Path);
        using (var file = JournalFile.Create(_run.Path, TimeProvider.System, null))
            foreach (var record in history.Content.Records.Where(record => Kind(record) is "run" or "effect-began" || Text(record, "stage") is "start" || Text(record, "stage") is "lint").Where(record => Kind(record) != "effect-began" || Text(record, "effect") == "deploy staging"))
                file.Append("{" + record.GetRawText()[(record.GetRawText().IndexOf("\",", StringComparison.Ordinal) + 2)..], durable: false);
        Assert.Equal(["run", "stage", "effect-began", "stage"], _run.Records);
        _outside.Done.TryRemove("revert staging", out _);

        RunResult result = await _run.ResumeAsync(plan);

        Assert.IsType<StageOutcome.Succeeded>(result.Of("deploy"));
        Assert.Equal("deploy", Assert.Single(result.Undos).Stage);
        Assert.Equal((1, 1), (_outside.Times("deploy staging"), _outside.Times("revert staging")));

        static string Kind(System.Text.Json.JsonElement record) => Text(record, "record")!;
        static string? Text(System.Text.Json.JsonElement record, string name) => record.TryGetProperty(name, out var value) && value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString() : null;
    }

    [Fact]
    public async Task Resume_Secret_IsInNoRecordAndItsStageRunsAgain()
    {
        var masker = new SecretMasker();
        masker.Add(Secret.Of("hunter2-hunter2", "env://T"));
        _run.Masker = masker;
        var pipeline = new PipelineBuilder("p");
        var leak = pipeline.Add("leak", async (context, cancellationToken) =>
        {
            context.Report("fact", "hunter2-hunter2");
            await context.EffectAsync("tell", "hunter2-hunter2", _ => Task.CompletedTask, cancellationToken);
            return await Ran("leak", "the token is hunter2-hunter2");
        });
        pipeline.Add("use", leak, (_, _, _) => throw new StageFailedException("no hunter2-hunter2 here"));
        PipelinePlan plan = pipeline.Build();
        await _run.StartAsync(plan);
        Assert.DoesNotContain("hunter2", File.ReadAllText(_run.Path), StringComparison.Ordinal);
        await _run.ResumeAsync(plan);
        Assert.Equal(["leak", "leak"], _ran);
        Assert.Contains("it holds a secret", Assert.Single(_run.Resumption!.Notes), StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", File.ReadAllText(_run.Path), StringComparison.Ordinal);
    }

    [Fact] // '+' and '<' are escaped by a serialiser that means well
    public async Task Resume_SecretInARecord_IsFoundWhateverItsCharacters()
    {
        const string Value = "a+b<c>'d&e/f==";
        var masker = new SecretMasker();
        masker.Add(Secret.Of(Value, "env://T"));
        _run.Masker = masker;
        var pipeline = new PipelineBuilder("p");
        pipeline.Add("leak", (_, _) => Task.FromResult(new Leak("x " + Value, 1)));
        await _run.StartAsync(pipeline.Build());
        Assert.Contains("\"notKept\":\"it holds a secret\"", File.ReadAllText(_run.Path), StringComparison.Ordinal);
    }

    public sealed record Leak(string Text, int Number);

    private PipelinePlan Plan()
    {
        var pipeline = new PipelineBuilder("p");
        var build = pipeline.Add("build", async (context, _) =>
        {
            context.Report("layers", "41");
            return await Ran("build", "image");
        });
        var push = pipeline.Add("push", build, async (_, context, cancellationToken) =>
        {
            _ran.Add("push");
            return await _outside.DoAsync("push", context, cancellationToken);
        });
        var deploy = pipeline.Add<string, string>("deploy", new Outside.Deploy(_outside), push);
        pipeline.Add("smoke", deploy, (_, _, _) => _smokeFails ? throw new StageFailedException("503") : Ran("smoke", Unit.Value));
        return pipeline.Build();
    }

    private Task<T> Ran<T>(string stage, T output)
    {
        _ran.Add(stage);
        return Task.FromResult(output);
    }
}
