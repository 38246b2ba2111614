using System.Diagnostics;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Process;

public class ProcessRunnerTests
{
    private readonly RecordingContext _run = new();

    [Fact]
    public async Task RunAsync_ArgumentsWithShellCharacters_ArriveAsTheyAre()
    {
        string[] arguments = ["a b", "$HOME", "`id`", "\"quoted\"", "'", "*", "", "; rm -rf /"];
        CommandResult result = await DummyTool.Command(["arguments", .. arguments]).RunAsync(_run.Context);
        Assert.Equal(arguments, result.Output.Split('\n')[..^1]);
    }

    [Fact]
    public async Task RunAsync_OutputLines_AreInTheLogInOrder()
    {
        await DummyTool.Command("arguments", "one", "two").RunAsync(_run.Context);
        Assert.Equal(["one", "two"], _run.Log.Where(line => line.Level == LogLevel.Output).Select(line => line.Text));
    }

    [Fact]
    public async Task RunAsync_SecretInputAndEnvironment_ReachTheProcessAndNotTheCommandLine()
    {
        var secret = Secret.Of("hunter2hunter2", "test");
        CommandResult input = await DummyTool.Command("echo-input").WithInput(secret).Quiet().RunAsync(_run.Context);
        CommandResult variable = await DummyTool.Command("environment", "TOKEN").WithEnvironment("TOKEN", secret).Quiet().RunAsync(_run.Context);
        Assert.Equal("hunter2hunter2", input.Output);
        Assert.Equal("hunter2hunter2\n", variable.Output);
        Assert.DoesNotContain("hunter2", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoInputGiven_ProcessReadsAnEmptyOne()
    {
        CommandResult result = await DummyTool.Command("echo-input").RunAsync(_run.Context);
        Assert.Equal("", result.Output);
    }

    [Fact]
    public async Task RunAsync_WorkingDirectory_IsTheServicesRootOrTheOneGiven()
    {
        using var folder = new TemporaryDirectory();
        folder.Write("sub/file", "");
        var run = new RecordingContext(folder.Path);
        CommandResult root = await DummyTool.Command("directory").RunAsync(run.Context);
        CommandResult sub = await DummyTool.Command("directory").In("sub").RunAsync(run.Context);
        Assert.EndsWith(Path.GetFileName(folder.Path), root.Output.TrimEnd(), StringComparison.Ordinal);
        Assert.EndsWith(Path.Combine(Path.GetFileName(folder.Path), "sub"), sub.Output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_MissingWorkingDirectory_SaysWhich()
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => DummyTool.Command("directory").In("not-there").RunAsync(_run.Context));
        Assert.Contains("not-there", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UnknownProgram_SaysHowToInstallIt()
    {
        ToolNotFoundException error = await Assert.ThrowsAsync<ToolNotFoundException>(() =>
            new Command("no-such-program-here").WithInstallHint("apt-get install no-such-program").RunAsync(_run.Context));
        Assert.Equal("no-such-program-here", error.Program);
        Assert.Contains("apt-get install no-such-program", error.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Fact]
    public async Task RunAsync_ProgramOnlyInTheCurrentFolder_IsNotFound()
    {
        using var folder = new TemporaryDirectory();
        string script = folder.Write("evil-git", "#!/bin/sh\necho owned\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var run = new RecordingContext(folder.Path);
        await Assert.ThrowsAsync<ToolNotFoundException>(() => new Command("evil-git").RunAsync(run.Context));
        await Assert.ThrowsAsync<ToolNotFoundException>(() => new Command("evil-git").WithEnvironment("PATH", ".:/nonexistent").RunAsync(run.Context));
    }

    [Fact]
    public async Task RunAsync_NonZeroExit_ErrorHasCodeAndLastLines()
    {
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => DummyTool.Command("exit", "7", "the disk is on fire").RunAsync(_run.Context));
        Assert.Equal(7, error.ExitCode);
        Assert.Contains("exit code 7", error.Message, StringComparison.Ordinal);
        Assert.Contains("the disk is on fire", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_AllowedExitCode_IsNoFailure()
    {
        CommandResult result = await DummyTool.Command("exit", "7").AllowExitCodes(0, 7).RunAsync(_run.Context);
        Assert.Equal(7, result.ExitCode);
    }

    [Fact]
    public async Task RunAsync_ProcessDiesByASignal_ErrorNamesTheSignal()
    {
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => DummyTool.Command("kill-self").RunAsync(_run.Context));
        Assert.Contains("SIGKILL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FloodOf100Megabytes_KeepsTheLastPartOnly()
    {
        CommandResult result = await DummyTool.Command("flood", "100").Quiet().RunAsync(_run.Context);
        Assert.True(result.OutputTruncated);
        Assert.InRange(result.Output.Length, 9 * 1024 * 1024, 10 * 1024 * 1024);
    }

    [Fact]
    public async Task RunAsync_OneLineOf10Megabytes_ArrivesInPiecesWithNothingLost()
    {
        await DummyTool.Command("flood", "10", "one-line").RunAsync(_run.Context);
        string[] lines = [.. _run.Log.Where(line => line.Level == LogLevel.Output).Select(line => line.Text)];
        Assert.All(lines, line => Assert.InRange(line.Length, 1, 64 * 1024));
        Assert.InRange(lines.Sum(line => (long)line.Length), 10 * 1024 * 1024, (10 * 1024 * 1024) + 100);
    }

    [Theory]
    [InlineData("hang")]
    [InlineData("stubborn")]
    public async Task RunAsync_TimeLimitIsOver_WholeTreeIsGoneAndErrorSaysSo(string verb)
    {
        using var folder = new TemporaryDirectory();
        string pidFile = Path.Combine(folder.Path, "pid");
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            DummyTool.Command("parent", pidFile, verb).WithTimeout(TimeSpan.FromSeconds(1)).WithGracePeriod(TimeSpan.FromSeconds(0.3)).RunAsync(_run.Context));
        Assert.Contains("time limit of 1 s", error.Message, StringComparison.Ordinal);
        AssertGone(pidFile);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsPolitelyAndThrowsCancellation()
    {
        using var folder = new TemporaryDirectory();
        string pidFile = Path.Combine(folder.Path, "pid");
        using var cancel = new CancellationTokenSource();
        Task<CommandResult> running = DummyTool.Command("hang", pidFile).WithGracePeriod(TimeSpan.FromMinutes(5)).RunAsync(_run.Context, cancel.Token);
        await WaitForFile(pidFile);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        AssertGone(pidFile);
    }

    [Fact]
    public async Task RunAsync_CancelledTwice_StubbornTreeIsKilledAtOnce()
    {
        using var folder = new TemporaryDirectory();
        string pidFile = Path.Combine(folder.Path, "pid");
        using var polite = new CancellationTokenSource();
        using var force = new CancellationTokenSource();
        var context = new StageContext("s", _run.Run, new NoReporter(), _run.Context.Secrets, TimeProvider.System) { ForceToken = force.Token };
        Task<CommandResult> running = DummyTool.Command("stubborn", pidFile).WithGracePeriod(TimeSpan.FromMinutes(5)).RunAsync(context, polite.Token);
        await WaitForFile(pidFile);
        await polite.CancelAsync();
        await force.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        AssertGone(pidFile);
    }

    [Fact]
    public async Task RunAsync_ChildKeepsTheOutputOpen_DoesNotHang()
    {
        using var folder = new TemporaryDirectory();
        string pidFile = Path.Combine(folder.Path, "pid");
        CommandResult result = await DummyTool.Command("orphan", pidFile).RunAsync(_run.Context);
        Assert.Equal(0, result.ExitCode);
        await WaitForFile(pidFile);
        Assert.Contains("holds its output open", _run.LogText, StringComparison.Ordinal);
        System.Diagnostics.Process.GetProcessById(int.Parse(File.ReadAllText(pidFile))).Kill();
    }

    private static async Task WaitForFile(string path)
    {
        // The file appears when the process is up: an event of another process, so it is looked for, not slept for.
        while (!File.Exists(path) || new FileInfo(path).Length == 0)
            await Task.Yield();
    }

    private static void AssertGone(string pidFile)
    {
        int id = int.Parse(File.ReadAllText(pidFile));
        bool alive = File.Exists($"/proc/{id}/stat") && File.ReadAllText($"/proc/{id}/stat").Split(')')[^1].TrimStart()[0] is not ('Z' or 'X');
        Assert.False(alive, $"process {id} still runs");
    }

    private sealed class NoReporter : Pipelines.Core.Model.IStageReporter
    {
        public void Log(LogLevel level, string message) { }

        public void Report(StageReport report) { }
    }
}
