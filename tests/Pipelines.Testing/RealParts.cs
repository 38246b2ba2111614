namespace Pipelines.Testing;

/// <summary>Whether tests with real programs (docker, a registry, git over HTTP) may skip where those are missing.</summary>
public static class RealParts
{
    /// <summary>In CI the variable <c>END_TO_END</c> is <c>required</c>: what is missing there is a failure.</summary>
    public static bool AreRequired { get; } = Environment.GetEnvironmentVariable("END_TO_END") == "required";

    /// <summary>Whether a program is on the PATH.</summary>
    public static bool IsInstalled(string program) => Find(program) is not null;

    /// <summary>Where a program is; null where it is not installed.</summary>
    public static string? Find(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Concat(["/usr/sbin", "/usr/bin"]).Select(folder => Path.Combine(folder, program)).FirstOrDefault(File.Exists);
}
