using Pipelines.Core.Clients.Registry;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Scan;
using Pipelines.Core.Tools.Trivy;

namespace Pipelines.Core;

/// <summary>Scans the built image with Trivy for known vulnerabilities and for secrets left in it, and stops those that are bad enough.</summary>
/// <remarks>Findings, a scanner that cannot work, and a scanner that is not there are three different errors: only the second is tried again.</remarks>
public sealed record TrivyImageScan : IStage<BuiltImage, ScannedImage>, IDescribedStage
{
    /// <summary>The least severity that stops an image.</summary>
    /// <value><see cref="Severity.High"/></value>
    public Severity FailOn { get; init; } = Severity.High;

    /// <summary>Whether a finding that nobody has mended yet may pass.</summary>
    /// <value>true</value>
    public bool IgnoreUnfixed { get; init; } = true;

    /// <summary>The list of findings that may pass for a while, from the service's root; each entry needs a reason and an expiry date. The file need not exist.</summary>
    /// <value>scan-ignore.yaml</value>
    public string IgnoreFile { get; init; } = "scan-ignore.yaml";

    /// <summary>How long Trivy may take, with the download of its database.</summary>
    /// <value>10 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How to sign in to the registry, where the image is in it already; null for what <see cref="RegistryCredentials.For"/> picks.</summary>
    public RegistryCredentials? Credentials { get; init; }

    /// <inheritdoc/>
    public string Description => $"trivy image, stops {FailOn.ToString().ToUpperInvariant()} and above{(IgnoreUnfixed ? " that have a fix" : "")}";

    internal string Program { get; init; } = TrivyScanner.Program;

    /// <inheritdoc/>
    /// <exception cref="FindingsException">The image has findings that stop it.</exception>
    /// <exception cref="ScannerUnavailableException">Trivy could not work: its database, a rate limit, a time limit.</exception>
    /// <exception cref="ToolNotFoundException">Trivy is not installed.</exception>
    /// <exception cref="ScanReportException">Trivy's report cannot be read.</exception>
    /// <exception cref="InvalidUsageException">The ignore list is not of its form.</exception>
    public async Task<ScannedImage> RunAsync(BuiltImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<ScanIgnoreEntry> ignoreList = ScanIgnoreFile.Read(Path.GetFullPath(IgnoreFile, context.Run.Directory), IgnoreFile); // before the slow part
        var scanner = new TrivyScanner(context, Program);
        string version = await scanner.FindVersionAsync(cancellationToken).ConfigureAwait(false) is { } known ? $"trivy {known}" : "trivy";
        TrivyTarget target = await TargetAsync(input, context, cancellationToken).ConfigureAwait(false);
        string report = Path.Combine(context.Run.RunDirectory, "scan", $"{input.Id.Replace(':', '-')}.json");
        IReadOnlyList<Finding> findings = await scanner.ScanAsync(target, report, Timeout, cancellationToken).ConfigureAwait(false);

        var today = DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime);
        ScanResult result = ScanVerdict.Of(version, findings, FailOn, IgnoreUnfixed, ignoreList, today, context.Log);
        context.Report(result);
        context.Report("scan", ScanVerdict.Phrase(result));
        foreach (Finding ignored in result.Ignored)
            context.Log.Warning($"{ignored.Id} in {ignored.Package} {ignored.InstalledVersion} may pass: {ignoreList.First(entry => entry.Id == ignored.Id).Reason}");
        if (result.Blocking.Count > 0)
            throw new FindingsException(input.Reference, result, IgnoreFile);
        context.Log.Info(ScanVerdict.Phrase(result));
        return new ScannedImage(input, result);
    }

    private async Task<TrivyTarget> TargetAsync(BuiltImage image, StageContext context, CancellationToken cancellationToken)
    {
        switch (image.Location)
        {
            case ImageLocation.OciLayout layout:
                return new TrivyTarget.Layout(layout.Directory);
            case ImageLocation.Registry registry:
                RegistryLogin? login = await RegistryLogin.ResolveAsync(Credentials ?? RegistryCredentials.For(image.Reference), context, cancellationToken).ConfigureAwait(false);
                return new TrivyTarget.Remote(image.Reference.WithDigest(registry.Digest), login?.User, login?.Password);
            default:
                return new TrivyTarget.Engine(image.Id);
        }
    }
}
