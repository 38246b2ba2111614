using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests;

/// <summary>Runs a service's build script (tests/ServiceScript) as a real process, which nothing but git and .NET is at hand for.</summary>
internal static class ServiceProcess
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    public static string Executable =>
        AppContext.BaseDirectory.Replace("Pipelines.Templates.Tests", "ServiceScript", StringComparison.Ordinal) + (OperatingSystem.IsWindows() ? "service-script.exe" : "service-script");

    /// <summary>Starts the script in a service's folder, with a PATH on which there is git alone.</summary>
    public static Process Start(Service service, params string[] arguments) => Start(service.Path, arguments, new() { ["PATH"] = OnlyGit(service) });

    /// <summary>Starts the script in a folder, as on a machine that is no CI system.</summary>
    public static Process Start(string folder, string[] arguments, Dictionary<string, string?>? variables = null) => Process.Start(Describe(Executable, arguments, folder, variables))!;

    /// <summary>Starts the script at a terminal of its own: <c>script</c> of Debian's bsdutils makes one, and passes on what is typed.</summary>
    public static Process StartAtTerminal(string folder, string[] arguments, Dictionary<string, string?>? variables = null)
    {
        ProcessStartInfo start = Describe("script", ["--quiet", "--return", "--command", string.Join(' ', arguments.Prepend(Executable).Select(argument => $"'{argument}'")), "/dev/null"], folder, variables);
        start.RedirectStandardInput = true;
        start.Environment["TERM"] = "xterm";
        return Process.Start(start)!;
    }

    /// <summary>Why there is no terminal to be had here; null where there is one.</summary>
    public static string? WhyNoTerminal => OperatingSystem.IsLinux() && RealParts.IsInstalled("script") ? null : "'script' (Debian's bsdutils) makes the terminal, and is not here";

    private static ProcessStartInfo Describe(string program, string[] arguments, string folder, Dictionary<string, string?>? variables)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (string name in (string[])["CI", "GITHUB_ACTIONS", "GITLAB_CI"])
            start.Environment[name] = "";
        start.Environment["DOTNET_ROOT"] = Path.GetFullPath("../../..", RuntimeEnvironment.GetRuntimeDirectory());
        foreach ((string name, string? value) in variables ?? [])
            start.Environment[name] = value;
        return start;
    }

    /// <summary>A folder of the service that git alone is in.</summary>
    public static string OnlyGit(Service service)
    {
        string bin = service.In(".bin");
        if (!Directory.Exists(bin))
        {
            Directory.CreateDirectory(bin);
            File.WriteAllText(service.In(".git/info/exclude"), ".bin/\n");
            File.CreateSymbolicLink(Path.Combine(bin, "git"), RealParts.Find("git")!);
        }

        return bin;
    }

    /// <summary>Reads on until a text comes.</summary>
    /// <returns>What was read, the text included.</returns>
    public static async Task<string> WaitForAsync(string text, StreamReader output)
    {
        using var limit = new CancellationTokenSource(Patience);
        var seen = new StringBuilder();
        char[] one = new char[1]; // a question has no end of line, and what comes after is the next one's
        while (await output.ReadAsync(one.AsMemory(), limit.Token) > 0)
        {
            seen.Append(one);
            if (one[0] == text[^1] && seen.Length >= text.Length && seen.ToString(seen.Length - text.Length, text.Length) == text)
                return seen.ToString();
        }

        Assert.Fail($"it ended without '{text}'\n{seen}");
        return "";
    }

    public static void Signal(Process process, string signal)
    {
        using var kill = Process.Start("kill", ["-s", signal, process.Id.ToString(CultureInfo.InvariantCulture)]);
        kill.WaitForExit();
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
}
