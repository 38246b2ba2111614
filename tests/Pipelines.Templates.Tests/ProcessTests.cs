using System.Diagnostics;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests;

/// <summary>What only a real process shows: signals, and a PATH with nothing on it.</summary>
public sealed class ProcessTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_Once_EndsPolitelyUndoesAndNotifies(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using Process process = Start("signals");
        await ServiceProcess.WaitForAsync("waiting for a signal", process.StandardOutput);
        ServiceProcess.Signal(process, signal);
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, output);
        foreach (string file in (string[])["done", "undone", "noticed"])
            Assert.True(File.Exists(_service.In(file)), $"no file '{file}'\n{output}");
        Assert.Contains($"SIG{signal}: asking the running stages to end", output, StringComparison.Ordinal);
        Assert.Contains("cancelled after", output, StringComparison.Ordinal);
        Assert.EndsWith($"The run was cancelled, and what was deployed and not proven was undone. Go on with it: dotnet run --project build -- resume {Path.GetFileName(_service.Runs[^1])}", output.TrimEnd(), StringComparison.Ordinal);
        Assert.Contains("The effect is taken back.", File.ReadAllText(Path.Combine(_service.Runs[^1], "summary.md")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_ToLeave_UndoesNothingAndSaysHowToGoOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using Process process = Start("signals", "--on-cancel", "leave");
        await ServiceProcess.WaitForAsync("waiting for a signal", process.StandardOutput);
        ServiceProcess.Signal(process, "TERM");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, output);
        Assert.True(File.Exists(_service.In("done")), output);
        Assert.False(File.Exists(_service.In("undone")), output);
        Assert.True(File.Exists(_service.In("noticed")), output);
        Assert.Contains("what was deployed is left as it is", output, StringComparison.Ordinal);
        Assert.EndsWith($"The run was cancelled, and what was done is left as it is (--on-cancel leave). Go on with it: dotnet run --project build -- resume {Path.GetFileName(_service.Runs[^1])}", output.TrimEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signal_Twice_EndsAtOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        _service.Write("stubborn", "");
        using Process process = Start("signals");
        await ServiceProcess.WaitForAsync("waiting for a signal", process.StandardOutput);
        ServiceProcess.Signal(process, "INT");
        await ServiceProcess.WaitForAsync("Once more to end at once", process.StandardError);
        long second = Stopwatch.GetTimestamp();
        ServiceProcess.Signal(process, "INT");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, output);
        Assert.True(Stopwatch.GetElapsedTime(second) < TimeSpan.FromSeconds(10), output);
    }

    [Fact]
    public async Task Tool_Floods100Megabytes_MemoryConsoleAndReportsStaySmall()
    {
        // The heap may not grow over 160 MB: with the whole output in its memory, as UTF-16, the process would die.
        using Process process = ServiceProcess.Start(_service.Path, ["tool", DummyTool.Path, "flood", "100"], new() { ["DOTNET_GCHeapHardLimit"] = "0xA000000" });
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 0, output);
        Assert.True(output.Length < 1_000_000, $"{output.Length} characters on the console");
        Assert.Contains("more lines in", output, StringComparison.Ordinal);
        foreach (FileInfo file in new DirectoryInfo(_service.Runs[^1]).EnumerateFiles()) // all but the log, which has every line
            Assert.True(file.Length < 2_000_000, $"{file.Name} has {file.Length} bytes");
        Assert.Contains("more lines in logs/01-tool.log", File.ReadAllText(Path.Combine(_service.Runs[^1], "events.jsonl")), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_OnlyDotnetAndGitOnThePath_SaysWhatItStoodInFor()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int exitCode, string output) = await ServiceProcess.RunAsync(_service, "deploy");
        Assert.True(exitCode == 0, output);
        Assert.Contains("The image assembler stands in for docker: 'docker' was not found on this machine.", output, StringComparison.Ordinal);
        Assert.Contains("SIMULATED", output, StringComparison.Ordinal);
        Assert.Contains("image builder", output, StringComparison.Ordinal);
        Assert.Matches("tests +not run", output);
        Assert.Contains($"'{_service.Head}'", _service.Manifest(), StringComparison.Ordinal);
    }

    private Process Start(params string[] arguments) => ServiceProcess.Start(_service.Path, arguments);
}
