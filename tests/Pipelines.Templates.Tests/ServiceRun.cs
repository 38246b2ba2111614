namespace Pipelines.Templates.Tests;

/// <summary>What one call of the pipeline left.</summary>
internal sealed record ServiceRun(int ExitCode, string Output, string Error, string? Folder)
{
    public string Summary => Read("summary.md");

    public string All => Output + Error;

    public string Read(string file) => File.ReadAllText(Path.Combine(Folder!, file));

    public void Ended(int exitCode) => Assert.True(ExitCode == exitCode, $"exit code {ExitCode} instead of {exitCode}\n{Output}\n{Error}");

    /// <summary>The error has the exit code of bad input, and every part of the message.</summary>
    public void Refused(int exitCode, params string[] parts)
    {
        Ended(exitCode);
        foreach (string part in parts)
            Assert.Contains(part, Error, StringComparison.Ordinal);
        Assert.StartsWith("error: ", Error, StringComparison.Ordinal);
    }
}
