namespace Pipelines.Benchmarks;

/// <summary>Where the measured programs are.</summary>
internal static class Targets
{
    // …/benchmarks/Pipelines.Benchmarks/bin/CONFIGURATION/net10.0/
    private static readonly DirectoryInfo Output = new(AppContext.BaseDirectory.TrimEnd(Path.DirectorySeparatorChar));

    public static string BenchmarksFolder { get; } = Output.Parent!.Parent!.Parent!.Parent!.FullName;

    public static string Configuration => Output.Parent!.Name;

    public static string Program(string project) => Path.Combine(
        BenchmarksFolder, "targets", project, "bin", Configuration, Output.Name, OperatingSystem.IsWindows() ? project + ".exe" : project);
}
