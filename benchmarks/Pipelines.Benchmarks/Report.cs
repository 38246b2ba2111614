using System.Globalization;
using System.Runtime.InteropServices;

namespace Pipelines.Benchmarks;

/// <summary>The results as Markdown, with the machine they come from.</summary>
internal static class Report
{
    public static string Of(IReadOnlyList<Row> rows, int pairs) => string.Create(CultureInfo.InvariantCulture, $"""
        # Benchmarks

        `dotnet run -c Release --project benchmarks/Pipelines.Benchmarks` writes this file.

        Processes are measured whole, from start to end, alternately with a .NET hello ({pairs} pairs after a warm-up): times are medians, the ratio is the median of
        the pairs' own ratios. Memory is the highest resident set of all runs. The run in the process is the real one: command line, run folder, reports.

        | what | measured | compared with | ratio | goal | peak memory |
        |---|---|---|---|---|---|
        {string.Join('\n', rows)}

        Machine: {Processor()}, {Environment.ProcessorCount} cores, {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes / 1073741824.0:0} GB, {RuntimeInformation.OSDescription},
        {RuntimeInformation.FrameworkDescription}, {Targets.Configuration} build.

        """);

    private static string Processor()
    {
        const string Path = "/proc/cpuinfo";
        string? line = File.Exists(Path) ? File.ReadLines(Path).FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal)) : null;
        return line?.Split(':', 2)[1].Trim() ?? RuntimeInformation.ProcessArchitecture.ToString();
    }
}
