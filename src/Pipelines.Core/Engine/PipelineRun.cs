using System.Threading.Channels;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>One run of a plan: the scheduler.</summary>
/// <remarks>
/// All state belongs to one loop that reads messages; stages run on the thread pool and send one message when they end. A stage is looked at once when its last
/// dependency ends: O(V+E), no polling, no thread parked per stage.
/// </remarks>
internal sealed partial class PipelineRun
{
    private readonly PipelinePlan _plan;
    private readonly RunSetup _setup;
    private readonly EventHub _hub;
    private readonly Channel<Message> _messages = Channel.CreateUnbounded<Message>(new UnboundedChannelOptions { SingleReader = true });
    private readonly CancellationTokenSource _cancelRunning;
    private readonly Action<StageExecution, StageOutcome> _stageEnded;

    private readonly List<int>?[] _dependents;
    private readonly int[] _waitingFor;
    private readonly bool[] _selected;
    private readonly StageOutcome?[] _outcomes;
    private readonly DateTimeOffset?[] _startedAt;
    private readonly TimeSpan[] _durations;
    private readonly int[] _attempts;
    private readonly IReadOnlyList<StageReport>?[] _reports;

    private int _running;
    private string? _stoppedBy;
    private bool _cancelled;
    private bool _forced;
    private Task _cancelling = Task.CompletedTask;

    private PipelineRun(PipelinePlan plan, RunSetup setup, EventHub hub)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(setup.Jobs, 1, nameof(setup));
        _plan = plan;
        _setup = setup;
        _hub = hub;
        _cancelRunning = CancellationTokenSource.CreateLinkedTokenSource(setup.Cancel);
        _stageEnded = (execution, outcome) => _messages.Writer.TryWrite(new Message.StageEnded(execution.Stage.Index, outcome, execution.Elapsed, execution.Attempts, execution.Reports));
        var order = new StageOrder(CriticalPath.ExpectedRest(plan, setup.ExpectedDurations));
        _ready = new StageQueue(order);
        _readyAlways = new StageQueue(order);
        _locks = new LockTable(order);
        int count = plan.Stages.Count;
        _dependents = new List<int>?[count];
        _waitingFor = new int[count];
        _outcomes = new StageOutcome?[count];
        _startedAt = new DateTimeOffset?[count];
        _durations = new TimeSpan[count];
        _attempts = new int[count];
        _reports = new IReadOnlyList<StageReport>?[count];
        _environmentOf = new EnvironmentEffects?[count];
        _selected = Select(plan, setup.Selection);
        foreach (PlannedStage stage in plan.Stages)
        {
            AddToEnvironment(stage);
            foreach (PlannedStage dependency in stage.Dependencies)
            {
                (_dependents[dependency.Index] ??= []).Add(stage.Index);
                _waitingFor[stage.Index]++;
            }
        }
    }

    /// <summary>Runs the plan and lets the observers finish. Never throws for what a stage, an undo or an observer does.</summary>
    public static async Task<RunResult> RunAsync(PipelinePlan plan, RunSetup setup)
    {
        var hub = new EventHub(setup.Observers, setup.Masker, setup.Time);
        RunResult result = await RunAsync(plan, setup, hub).ConfigureAwait(false);
        await hub.CompleteAsync(setup.Force).ConfigureAwait(false);
        return result;
    }

    /// <summary>Runs the plan. The caller completes the hub.</summary>
    internal static Task<RunResult> RunAsync(PipelinePlan plan, RunSetup setup, EventHub hub) => new PipelineRun(plan, setup, hub).RunAsync();

    private async Task<RunResult> RunAsync()
    {
        using CancellationTokenSource cancelRunning = _cancelRunning;
        DateTimeOffset startedAt = _hub.Now;
        long started = _setup.Time.GetTimestamp();
        _hub.Publish(new RunEvent.RunStarted(startedAt, _plan, _setup.Run));
        NoticeCancellation(); // before anything starts
        if (_setup.Resumption is { WasCancelled: true })
            Cancel();
        using CancellationTokenRegistration cancel = _setup.Cancel.UnsafeRegister(_ => _messages.Writer.TryWrite(new Message.Cancelled()), null);
        using CancellationTokenRegistration force = _setup.Force.UnsafeRegister(_ => _messages.Writer.TryWrite(new Message.Cancelled()), null);

        foreach (PlannedStage stage in _plan.Stages)
            if (stage.Inputs.Count == 0 && stage.After.Count == 0)
                Consider(stage.Index);
        StartReady();
        while (_running > 0)
        {
            Handle(await _messages.Reader.ReadAsync(CancellationToken.None).ConfigureAwait(false));
            while (_messages.Reader.TryRead(out Message? more))
                Handle(more);
            StartReady();
        }

        await _cancelling.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        RunResult result = Result(startedAt, _setup.Time.GetElapsedTime(started));
        _hub.Publish(new RunEvent.RunEnded(_hub.Now, result));
        return result;
    }

    private RunResult Result(DateTimeOffset startedAt, TimeSpan duration)
    {
        double[] shares = CriticalPath.Shares(_plan, _startedAt, _durations);
        var stages = new StageResult[_plan.Stages.Count];
        bool failed = _undos.Count > 0;
        foreach (PlannedStage stage in _plan.Stages)
        {
            int index = stage.Index;
            StageOutcome outcome = _outcomes[index] ?? throw new InvalidOperationException($"'{stage.Name}' was never decided: a defect of the engine, please report it.");
            failed |= outcome.IsFailure;
            stages[index] = new StageResult(stage, outcome, _startedAt[index], _durations[index], _attempts[index], shares[index]);
        }

        return new RunResult(_cancelled ? RunStatus.Cancelled : failed ? RunStatus.Failed : RunStatus.Succeeded, stages, [.. _undos], startedAt, duration);
    }

    private void Handle(Message message)
    {
        NoticeCancellation(); // the end of a stage may come before the message that it was cancelled
        switch (message)
        {
            case Message.StageEnded ended:
                PlannedStage stage = _plan.Stages[ended.Index];
                _running--;
                CountRunning(stage, -1);
                MakeReady(_locks.Release(stage.Locks));
                _durations[ended.Index] = ended.Duration;
                _attempts[ended.Index] = ended.Attempts;
                _reports[ended.Index] = ended.Reports;
                End(ended.Index, ended.Outcome);
                break;
            case Message.UndoEnded ended:
                _running--;
                _runningUndos--;
                MakeReady(_locks.Release(ended.Locks));
                _undos.AddRange(ended.Results);
                break;
        }
    }

    private void NoticeCancellation()
    {
        bool forced = _setup.Force.IsCancellationRequested;
        if (forced == _forced && (_cancelled || !_setup.Cancel.IsCancellationRequested))
            return;
        _forced = forced;
        if (!_cancelled)
            _setup.Journal?.CancelAsked(!_setup.LeavesOnCancel);
        Cancel();
    }

    /// <summary>Which stages are to run: those selected, and all that they need.</summary>
    internal static bool[] Select(PipelinePlan plan, IReadOnlyList<PlannedStage>? selection)
    {
        bool[] selected = new bool[plan.Stages.Count];
        if (selection is null)
        {
            Array.Fill(selected, true);
            return selected;
        }

        foreach (PlannedStage stage in selection)
            selected[stage.Index] = true;
        for (int index = plan.Stages.Count - 1; index >= 0; index--)
            if (selected[index])
                foreach (PlannedStage dependency in plan.Stages[index].Dependencies)
                    selected[dependency.Index] = true;
        return selected;
    }

    private abstract record Message
    {
        public sealed record StageEnded(int Index, StageOutcome Outcome, TimeSpan Duration, int Attempts, IReadOnlyList<StageReport> Reports) : Message;

        public sealed record UndoEnded(IReadOnlyList<UndoResult> Results, IReadOnlyCollection<string> Locks) : Message;

        /// <summary>Ctrl-C, the first or the second: look at the tokens.</summary>
        public sealed record Cancelled : Message;
    }
}
