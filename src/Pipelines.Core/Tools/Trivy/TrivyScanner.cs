using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Tools.Trivy;

/// <summary>Typed Trivy commands.</summary>
internal sealed class TrivyScanner(StageContext context, string program)
{
    public const string Program = "trivy";
    public const string InstallHint = "https://trivy.dev/latest/getting-started/installation/";

    /// <summary>Trivy's version, such as <c>0.50.1</c>; null where it does not tell.</summary>
    /// <exception cref="ToolNotFoundException">Trivy is not installed.</exception>
    public async Task<string?> FindVersionAsync(CancellationToken cancellationToken)
    {
        CommandResult result = await new Command(program, "--version").WithInstallHint(InstallHint).WithTimeout(TimeSpan.FromSeconds(30)).AllowAnyExitCode().Quiet().RunAsync(context, cancellationToken).ConfigureAwait(false);
        string line = result.Output.Split('\n')[0].Trim();
        return result.Succeeded && line.StartsWith("Version:", StringComparison.Ordinal) ? line["Version:".Length..].Trim() : null;
    }

    /// <summary>Scans and reads the report.</summary>
    /// <exception cref="ScannerUnavailableException">A passing fault.</exception>
    /// <exception cref="ScanReportException">The report cannot be read.</exception>
    public async Task<IReadOnlyList<Finding>> ScanAsync(TrivyTarget target, string reportFile, TimeSpan timeout, CancellationToken cancellationToken)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(reportFile)!);
        File.Delete(reportFile); // a report of an earlier attempt says nothing about this one
        Command command = CommandFor(target, reportFile, timeout);
        CommandResult result;
        try
        {
            result = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandFailedException exception)
        {
            throw new ScannerUnavailableException($"Trivy did not finish within {Durations.Text(timeout)}.", string.Join('\n', exception.LastLines.TakeLast(5).Select(line => "  " + line)), exception);
        }

        if (!result.Succeeded)
            throw TrivyErrors.Of(command, result);
        string report = File.Exists(reportFile) ? await File.ReadAllTextAsync(reportFile, cancellationToken).ConfigureAwait(false) : result.Output; // wrappers may print it, whatever they are told
        return TrivyReport.Parse(report);
    }

    private Command CommandFor(TrivyTarget target, string reportFile, TimeSpan timeout)
    {
        // the report goes to a file: that of a large image is larger than the output that is kept
        var command = new Command(
            program,
            ["image", "--format", "json", "--quiet", "--scanners", "vuln,secret", "--severity", "UNKNOWN,LOW,MEDIUM,HIGH,CRITICAL", "--ignore-unfixed=false", "--timeout", $"{(long)Math.Ceiling(timeout.TotalSeconds)}s", "--output", reportFile]);
        command = target switch
        {
            TrivyTarget.Engine engine => command.WithArguments("--image-src", "docker", engine.Id),
            TrivyTarget.Layout layout => command.WithArguments("--input", layout.Directory),
            TrivyTarget.Remote remote => command.WithArguments("--image-src", "remote", remote.Reference.WithoutTag().WithDigest(remote.Reference.Digest!).ToString()),
            _ => throw new ArgumentOutOfRangeException(nameof(target)),
        };
        if (target is TrivyTarget.Remote { User: not null, Password: not null } signedIn)
            command = command.WithEnvironment("TRIVY_USERNAME", signedIn.User).WithEnvironment("TRIVY_PASSWORD", signedIn.Password);
        // what may pass is in our own list, with reason and expiry: no .trivyignore and no trivy.yaml of the checkout
        command = command.In(Path.GetDirectoryName(reportFile)!).WithoutEnvironment("TRIVY_IGNOREFILE").WithoutEnvironment("TRIVY_IGNORE_POLICY");
        return command.WithInstallHint(InstallHint).WithTimeout(timeout + TimeSpan.FromSeconds(30)).AllowAnyExitCode().Quiet();
    }
}
