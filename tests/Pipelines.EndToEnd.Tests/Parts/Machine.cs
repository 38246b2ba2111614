using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Pipelines.Core;
using Pipelines.Core.Tools;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>Programs and ports of this machine.</summary>
internal static class Machine
{
    /// <summary>How long anything here may take before a test gives up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>The root of this repository.</summary>
    public static string RepositoryRoot { get; } = Above(AppContext.BaseDirectory, "Pipelines.sln");

    /// <summary>Skips the test where a part is missing; fails it where the parts are required.</summary>
    public static void Require(string? missing)
    {
        if (missing is null)
            return;
        Assert.False(RealParts.AreRequired, $"{missing} (END_TO_END=required)");
        Assert.Skip(missing);
    }

    /// <summary>Runs a program and returns what it printed.</summary>
    public static Task<string> RunAsync(string program, params string[] arguments) => RunAsync(new Command(program, arguments));

    /// <summary>Runs a program and returns what it printed.</summary>
    public static async Task<string> RunAsync(Command command)
    {
        CommandResult result = await TryAsync(command);
        Assert.True(result.Succeeded, $"{command} ended with {result.ExitCode}:\n{result.Output}{result.ErrorOutput}");
        return result.Output;
    }

    /// <summary>Runs a program that may fail.</summary>
    public static Task<CommandResult> TryAsync(Command command) =>
        ProcessRunner.RunAsync(command.AllowAnyExitCode().WithTimeout(TimeSpan.FromMinutes(2)), Path.GetTempPath(), null, TimeProvider.System, CancellationToken.None);

    /// <summary>Starts a server, and waits until it listens.</summary>
    public static async Task<Process> StartAsync(string program, Func<Task<bool>> listens, params string[] arguments)
    {
        var process = new Process { StartInfo = new ProcessStartInfo(program, arguments) { RedirectStandardError = true, RedirectStandardOutput = true } };
        var output = new System.Collections.Concurrent.ConcurrentQueue<string?>();
        process.OutputDataReceived += (_, line) => output.Enqueue(line.Data);
        process.ErrorDataReceived += (_, line) => output.Enqueue(line.Data);
        process.Start();
        process.BeginErrorReadLine();
        process.BeginOutputReadLine();
        try
        {
            await UntilAsync(async () => !process.HasExited ? await listens() : throw new InvalidOperationException($"{program} ended with {process.ExitCode}"), $"{program} listens");
        }
        catch (Exception exception)
        {
            await EndAsync(process);
            throw new InvalidOperationException($"{program} did not start:\n{string.Join('\n', output)}", exception);
        }

        return process;
    }

    /// <summary>Ends a server and what it started.</summary>
    public static async Task EndAsync(Process? process)
    {
        if (process is null)
            return;
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
        process.Dispose();
    }

    /// <summary>Waits for something that another process does.</summary>
    public static async Task UntilAsync(Func<Task<bool>> happened, string what)
    {
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(25));
        for (long started = Stopwatch.GetTimestamp(); !await happened(); await ticks.WaitForNextTickAsync())
            Assert.True(Stopwatch.GetElapsedTime(started) < Patience, $"{what}: not within {Patience.TotalSeconds} s");
    }

    /// <summary>Whether somebody listens on a port of loopback.</summary>
    public static async Task<bool> ListensAsync(int port)
    {
        try
        {
            using var probe = new TcpClient();
            await probe.ConnectAsync(IPAddress.Loopback, port);
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>A free port below those that the system itself gives out, so that nobody gets it in between.</summary>
    public static int FreePort()
    {
        while (true)
        {
            int port = Random.Shared.Next(20_000, 32_000);
            try
            {
                using var listener = new TcpListener(IPAddress.Loopback, port);
                listener.Start();
                return port;
            }
            catch (SocketException)
            {
                // taken: another one
            }
        }
    }

    /// <summary>A random secret that no log has by chance.</summary>
    public static string NewSecret(string prefix) => prefix + "-" + Guid.NewGuid().ToString("N");

    private static string Above(string folder, string file)
    {
        for (var directory = new DirectoryInfo(folder); directory is not null; directory = directory.Parent)
            if (File.Exists(Path.Combine(directory.FullName, file)))
                return directory.FullName;
        throw new InvalidOperationException($"no {file} above {folder}");
    }
}
