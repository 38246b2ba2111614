using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests;

/// <summary>What only a real process shows: signals, and a PATH with nothing on it.</summary>
public sealed class ProcessTests : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signal_Once_EndsPolitelyUndoesAndNotifies(string signal)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals");
        using Process process = Start("signals");
        await WaitForAsync("waiting for a signal", process.StandardOutput);
        Signal(process, signal);
        (int exitCode, string output) = await EndAsync(process);
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
        using Process process = Start(["signals", "--on-cancel", "leave"], []);
        await WaitForAsync("waiting for a signal", process.StandardOutput);
        Signal(process, "TERM");
        (int exitCode, string output) = await EndAsync(process);
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
        await WaitForAsync("waiting for a signal", process.StandardOutput);
        Signal(process, "INT");
        await WaitForAsync("Once more to end at once", process.StandardError);
        long second = Stopwatch.GetTimestamp();
        Signal(process, "INT");
        (int exitCode, string output) = await EndAsync(process);
        Assert.True(exitCode == 130, output);
        Assert.True(Stopwatch.GetElapsedTime(second) < TimeSpan.FromSeconds(10), output);
    }

    [Fact]
    public async Task Tool_Floods100Megabytes_MemoryConsoleAndReportsStaySmall()
    {
        // The heap may not grow over 160 MB: with the whole output in its memory, as UTF-16, the process would die.
        using Process process = Start(["tool", DummyTool.Path, "flood", "100"], variables: new() { ["DOTNET_GCHeapHardLimit"] = "0xA000000" });
        (int exitCode, string output) = await EndAsync(process);
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
        string bin = _service.In(".bin");
        Directory.CreateDirectory(bin);
        File.CreateSymbolicLink(Path.Combine(bin, "git"), Find("git"));
        _service.Write(".gitignore", "__pycache__/\n.bin/\n");
        _service.Commit("Ignore");
        using Process process = Start("deploy", bin);
        (int exitCode, string output) = await EndAsync(process);
        Assert.True(exitCode == 0, output);
        Assert.Contains("The image assembler stands in for docker: 'docker' was not found on this machine.", output, StringComparison.Ordinal);
        Assert.Contains("SIMULATED", output, StringComparison.Ordinal);
        Assert.Contains("image builder", output, StringComparison.Ordinal);
        Assert.Matches("tests +not run", output);
        Assert.Contains($"'{_service.Head}'", _service.Manifest(), StringComparison.Ordinal);
    }

    private Process Start(string script, string? path = null) =>
        Start([script], path is null ? [] : new() { ["PATH"] = path });

    private Process Start(string[] arguments, Dictionary<string, string> variables)
    {
        string executable = AppContext.BaseDirectory.Replace("Pipelines.Templates.Tests", "ServiceScript", StringComparison.Ordinal) + (OperatingSystem.IsWindows() ? "service-script.exe" : "service-script");
        var start = new ProcessStartInfo(executable, arguments) { WorkingDirectory = _service.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        start.Environment["CI"] = "";
        start.Environment["GITHUB_ACTIONS"] = "";
        start.Environment["GITLAB_CI"] = "";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    private static async Task WaitForAsync(string text, StreamReader output)
    {
        using var limit = new CancellationTokenSource(Patience);
        while (await output.ReadLineAsync(limit.Token) is { } line)
            if (line.Contains(text, StringComparison.Ordinal))
                return;
        Assert.Fail($"it ended without '{text}'");
    }

    private static async Task<(int ExitCode, string Output)> EndAsync(Process process)
    {
        using var limit = new CancellationTokenSource(Patience);
        Task<string> output = process.StandardOutput.ReadToEndAsync(limit.Token);
        Task<string> error = process.StandardError.ReadToEndAsync(limit.Token);
        try
        {
            await process.WaitForExitAsync(limit.Token);
            return (process.ExitCode, await output + await error);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }
    }

    private static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
    }

    private static string Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).First(File.Exists);
}
