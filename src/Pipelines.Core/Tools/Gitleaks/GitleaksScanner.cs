using Pipelines.Core.Model;

namespace Pipelines.Core.Tools.Gitleaks;

/// <summary>Typed gitleaks commands (version 8.19 and later: <c>gitleaks git</c> and <c>gitleaks dir</c>).</summary>
/// <remarks>
/// Gitleaks' own ways to look away do not count, as those of Trivy do not: what may pass stands in our list, with its reason. Neither the configuration nor the ignore file of the checkout lies where
/// gitleaks looks for it, and allow comments are off.
/// </remarks>
internal sealed class GitleaksScanner(StageContext context, string program, TimeSpan timeout)
{
    public const string Program = "gitleaks";

    /// <summary>In front of its rules' ids.</summary>
    public const string RulePrefix = "gitleaks:";

    /// <summary>Gitleaks ends with 1 for findings and for faults of its own alike, unless it is told a code for findings.</summary>
    private const int FoundExitCode = 66;

    /// <summary>Gitleaks' version, such as <c>8.24.2</c>; empty where it does not tell, null where it is not installed.</summary>
    public async Task<string?> FindVersionAsync(CancellationToken cancellationToken)
    {
        try
        {
            CommandResult result = await new Command(program, "version").WithTimeout(TimeSpan.FromSeconds(30)).AllowAnyExitCode().Quiet().RunAsync(context, cancellationToken).ConfigureAwait(false);
            string line = result.Output.Split('\n')[0].Trim().TrimStart('v');
            return result.Succeeded && Version.TryParse(line, out _) ? line : "";
        }
        catch (ToolNotFoundException)
        {
            return null;
        }
    }

    /// <summary>Scans the files of a folder.</summary>
    public Task<IReadOnlyList<GitleaksFinding>> ScanFolderAsync(string folder, string report, CancellationToken cancellationToken) =>
        ScanAsync(new Command(program, "dir").In(folder), ["."], report, cancellationToken);

    /// <summary>Scans what commits added.</summary>
    /// <param name="gitFolder">The repository's own folder, such as <c>.git</c>: no configuration of the checkout lies there.</param>
    /// <param name="range">The commits.</param>
    /// <param name="report">Where the report goes.</param>
    /// <param name="cancellationToken">Ends the process.</param>
    public Task<IReadOnlyList<GitleaksFinding>> ScanCommitsAsync(string gitFolder, string range, string report, CancellationToken cancellationToken) =>
        ScanAsync(new Command(program, "git").In(Path.GetDirectoryName(report)!), [$"--log-opts={range}", gitFolder], report, cancellationToken);

    private async Task<IReadOnlyList<GitleaksFinding>> ScanAsync(Command command, IReadOnlyList<string> target, string report, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(report)!);
        File.Delete(report); // a report of an earlier attempt says nothing about this one
        command = command
            .WithArguments("--report-format", "json", "--report-path", report, "--redact", "--exit-code", $"{FoundExitCode}", "--ignore-gitleaks-allow", "--gitleaks-ignore-path", Path.GetDirectoryName(report)!, "--no-banner", "--no-color", "--log-level", "warn")
            .WithArguments(target)
            .WithoutEnvironment("GITLEAKS_CONFIG").WithoutEnvironment("GITLEAKS_CONFIG_TOML")
            .WithTimeout(timeout).AllowAnyExitCode().Quiet();
        CommandResult result = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        if (result.ExitCode is not (0 or FoundExitCode))
        {
            string[] lines = [.. result.ErrorOutput.Split('\n').Select(line => line.Trim()).Where(line => line.Length > 0).TakeLast(20)];
            throw new CommandFailedException(command, $"failed with exit code {result.ExitCode}", result.ExitCode, lines, "This is no finding: gitleaks itself failed, and the sources do not pass. It must be version 8.19 or later ('gitleaks version').");
        }

        if (!File.Exists(report))
            throw GitleaksReport.Unreadable("there is none");
        IReadOnlyList<GitleaksFinding> findings = GitleaksReport.Parse(await File.ReadAllTextAsync(report, cancellationToken).ConfigureAwait(false));
        return result.ExitCode == FoundExitCode && findings.Count == 0 ? throw GitleaksReport.Unreadable("gitleaks says it found something, and its report lists nothing") : findings;
    }
}
