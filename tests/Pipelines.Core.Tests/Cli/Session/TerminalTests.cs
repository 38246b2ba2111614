using Pipelines.Core.Cli;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Hosts;
using Pipelines.Core.Model;
using Pipelines.Core.Reporting;
using Pipelines.Core.Secrets;
using Pipelines.Core.Tests.Reporting;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Cli.Session;

public sealed class TerminalTests : IDisposable
{
    private readonly TypedInput _keyboard = new();
    private readonly WatchedWriter _screen = new();
    private readonly SecretMasker _masker = new("test");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _keyboard.Type(null); // lets go of a read that still waits
        _keyboard.Dispose();
        _screen.Dispose();
    }

    [Fact]
    public void Of_NobodySitsThere_IsNull() => Assert.Null(Terminal.Of(Environment() with { Input = null }, _masker, []));

    [Fact]
    public async Task Ask_Answered_ReturnsTheLine()
    {
        Terminal terminal = Create();
        Assert.Equal("ann", terminal.User);
        _keyboard.Type("prod");
        Assert.Equal("prod", await terminal.AskAsync("Deploy? ", Cancellation));
        _keyboard.Type("because");
        Assert.Equal("because", await terminal.AskAsync("Why? ", Cancellation));
        Assert.Equal("Deploy? Why? ", _screen.Text);
    }

    [Fact]
    public async Task Ask_InputEnded_IsNullFromThenOn()
    {
        Terminal terminal = Create();
        _keyboard.Type(null);
        Assert.Null(await terminal.AskAsync("Deploy? ", Cancellation));
        Assert.Null(await terminal.AskAsync("Again? ", Cancellation));
        Assert.Equal("Deploy? \nAgain? \n", _screen.Text);
    }

    [Fact]
    public async Task Ask_Cancelled_WhatIsTypedLateAnswersNoLaterQuestion()
    {
        Terminal terminal = Create();
        using (var cancel = new CancellationTokenSource())
        {
            Task<string?> first = terminal.AskAsync("First? ", cancel.Token);
            await _keyboard.IsReadAsync();
            await cancel.CancelAsync();
            await Assert.ThrowsAnyAsync<OperationCanceledException>(() => first);
        }

        Assert.Equal("First? \n", _screen.Text); // what comes next has a line of its own
        _keyboard.Type("prod"); // nobody asks any more
        await _keyboard.IsReadAsync();
        Task<string?> second = terminal.AskAsync("Second? ", Cancellation);
        await _screen.ShowsAsync("Second? ");
        _keyboard.Type("staging");
        Assert.Equal("staging", await second);
    }

    [Fact]
    public async Task Ask_SeveralAtOnce_OneAfterTheOther()
    {
        Terminal terminal = Create();
        using var cancel = new CancellationTokenSource();
        Task<string?> first = terminal.AskAsync("First? ", Cancellation);
        Task<string?> second = terminal.AskAsync("Second? ", cancel.Token);
        Task<string?> third = terminal.AskAsync("Third? ", Cancellation);
        await _keyboard.IsReadAsync();
        await cancel.CancelAsync(); // who gives up lets nobody pass the one that is asked
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second);
        Assert.Equal("First? ", _screen.Text);
        _keyboard.Type("1");
        Assert.Equal("1", await first);
        _keyboard.Type("3");
        Assert.Equal("3", await third);
        Assert.Equal("First? Third? ", _screen.Text);
    }

    [Fact]
    public async Task Ask_SecretInTheText_IsMasked()
    {
        _masker.Add(Secret.Of("s3cr3t-of-the-commit", "test"));
        _keyboard.Type("no");
        await Create().AskAsync("fix login with s3cr3t-of-the-commit? ", Cancellation);
        Assert.DoesNotContain("s3cr3t-of-the-commit", _screen.Text, StringComparison.Ordinal);
        Assert.StartsWith("fix login with ", _screen.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Ask_WhileTheLiveViewDraws_NothingIsDrawnOverTheQuestion()
    {
        var time = new ManualTime();
        var plan = new PlanOf("demo");
        PlannedStage tests = plan.Add("tests"), gate = plan.Add("approve prod");
        using var console = new LiveConsole(_screen, color: false, time);
        var run = new FakeRun(plan.Plan, FakeRun.Info(), console);
        run.Begin(tests).Begin(gate);
        await _screen.ShowsAsync("2 running");

        Terminal terminal = Create(console);
        Task<string?> answer = terminal.AskAsync("Approve? ", Cancellation);
        await _keyboard.IsReadAsync();
        int asked = _screen.Text.Length;
        Assert.EndsWith("Approve? ", _screen.Text, StringComparison.Ordinal);
        for (int frame = 0; frame < 50; frame++)
        {
            run.Log(tests, $"line {frame}");
            time.Advance(TimeSpan.FromMilliseconds(100));
            await Task.Yield();
        }

        Assert.Equal(asked, _screen.Text.Length);
        _keyboard.Type("prod");
        Assert.Equal("prod", await answer);
        await _screen.ShowsAsync("line 49", asked); // the view is back, and knows what happened meanwhile
    }

    [Fact]
    public async Task Ask_RunEndsMeanwhile_TheSummaryComesAfterTheQuestion()
    {
        var plan = new PlanOf("demo");
        PlannedStage gate = plan.Add("approve prod");
        using var console = new LiveConsole(_screen, color: false, new ManualTime());
        var run = new FakeRun(plan.Plan, FakeRun.Info(), console);
        run.Begin(gate);
        using var cancel = new CancellationTokenSource();
        Task<string?> answer = Create(console).AskAsync("Approve? ", cancel.Token);
        await _keyboard.IsReadAsync();
        await cancel.CancelAsync(); // Ctrl-C
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => answer);
        run.End(gate, new StageOutcome.Cancelled()).Finish(RunStatus.Cancelled);
        Assert.Contains("■ cancelled", _screen.Text[_screen.Text.IndexOf("Approve? \n", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    private Terminal Create(IRunObserver? console = null) => Terminal.Of(Environment(), _masker, console is null ? [] : [console])!;

    private AppEnvironment Environment() => new()
    {
        Output = _screen,
        Error = TextWriter.Null,
        Variables = HostEnvironment.Of(new Dictionary<string, string>()),
        CurrentDirectory = AppContext.BaseDirectory,
        BaseDirectory = AppContext.BaseDirectory,
        Input = () => _keyboard,
        User = "ann",
    };
}
