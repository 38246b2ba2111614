using System.ComponentModel;
using System.Diagnostics;

namespace Pipelines.Benchmarks;

/// <summary>A program that is measured as a whole process, from its start to its end, in an empty folder of its own.</summary>
internal sealed class Target(string project, string name) : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("pipelines-benchmark-");

    /// <summary>Runs it once.</summary>
    /// <returns>How long it took, and its peak memory in bytes.</returns>
    public (TimeSpan Duration, long Memory) Run()
    {
        var start = new ProcessStartInfo(Targets.Program(project)) { WorkingDirectory = _folder.FullName, RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        start.Environment["BENCHMARK_TARGET"] = name;
        long started = Stopwatch.GetTimestamp();
        using Process process = Process.Start(start)!;
        process.StandardInput.Close();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        long peak = 0;
        while (!process.HasExited)
        {
            peak = Math.Max(peak, PeakMemory(process));
            process.WaitForExit(1);
        }

        TimeSpan duration = Stopwatch.GetElapsedTime(started);
        process.WaitForExit();
        if (process.ExitCode != 0)
            throw new InvalidOperationException($"{project} {name} ended with {process.ExitCode}:\n{output.Result}\n{errors.Result}");
        foreach (FileSystemInfo left in _folder.EnumerateFileSystemInfos())
        {
            if (left is DirectoryInfo folder)
                folder.Delete(recursive: true);
            else
                left.Delete();
        }

        return (duration, peak);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static long PeakMemory(Process process)
    {
        try
        {
            if (!OperatingSystem.IsLinux())
                return process.PeakWorkingSet64;
            string? line = File.ReadLines($"/proc/{process.Id}/status").FirstOrDefault(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
            return line is null ? 0 : long.Parse(line.AsSpan(6).Trim().ToString().Split(' ')[0], System.Globalization.CultureInfo.InvariantCulture) * 1024;
        }
        catch (Exception exception) when (exception is IOException or InvalidOperationException or Win32Exception or UnauthorizedAccessException)
        {
            return 0; // it ended in between
        }
    }
}
