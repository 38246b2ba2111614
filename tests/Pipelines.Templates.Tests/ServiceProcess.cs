using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Pipelines.Templates.Tests;

/// <summary>Runs a service's build script (tests/ServiceScript) as a real process, which nothing but git and .NET is at hand for.</summary>
internal static class ServiceProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Executable =>
        AppContext.BaseDirectory.Replace("Pipelines.Templates.Tests", "ServiceScript", StringComparison.Ordinal) + (OperatingSystem.IsWindows() ? "service-script.exe" : "service-script");

    public static Process Start(Service service, params string[] arguments)
    {
        string bin = service.In(".bin");
        if (!Directory.Exists(bin))
        {
            Directory.CreateDirectory(bin);
            File.WriteAllText(service.In(".git/info/exclude"), ".bin/\n");
            File.CreateSymbolicLink(Path.Combine(bin, "git"), Find("git"));
        }

        var start = new ProcessStartInfo(Executable, arguments) { WorkingDirectory = service.Path, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in (string[])["CI", "GITHUB_ACTIONS", "GITLAB_CI"])
            start.Environment[name] = "";
        start.Environment["PATH"] = bin;
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        return Process.Start(start)!;
    }

    public static async Task<(int ExitCode, string Output)> RunAsync(Service service, params string[] arguments)
    {
        using Process process = Start(service, arguments);
        return await EndAsync(process);
    }

    public static async Task<(int ExitCode, string Output)> EndAsync(Process process)
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

    private static string Find(string program) =>
        Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Select(folder => Path.Combine(folder, program)).First(File.Exists);
}
