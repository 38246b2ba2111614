using System.Globalization;
using Pipelines.Core.Stages.Scan;
using Pipelines.Core.Tools.Git;
using Pipelines.Core.Tools.Gitleaks;

namespace Pipelines.Core;

/// <summary>Looks for secrets in the tracked files and in the commits of the change, and for lines of workflows, Dockerfiles and the scripts they call that give secrets away.</summary>
/// <remarks>
/// Its own rules always look, so that a laptop and CI see the same; where gitleaks is installed, its rules look as well. Findings always stop the run: what is no secret goes into the allow list, with a
/// reason. A finding, a gitleaks that failed, and an allow list that cannot be read are different errors.
/// </remarks>
public sealed record SecretScan : IStage<ScannedSource>, IDescribedStage
{
    /// <summary>The allow list, from the service's root: fingerprints, or rules and paths, each with a reason and perhaps a last day. The file need not exist.</summary>
    /// <value>secret-scan-ignore.yaml</value>
    public string IgnoreFile { get; init; } = "secret-scan-ignore.yaml";

    /// <summary>How long gitleaks may take for the files, and again for the commits.</summary>
    /// <value>10 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <inheritdoc/>
    public string Description => "looks for secrets in the sources and the commits of the change";

    internal string Program { get; init; } = GitleaksScanner.Program;

    /// <inheritdoc/>
    /// <exception cref="SecretsFoundException">There are secrets, or lines that give secrets away.</exception>
    /// <exception cref="InvalidUsageException">The allow list is not of its form, or git cannot read the checkout.</exception>
    /// <exception cref="CommandFailedException">Gitleaks is installed and failed.</exception>
    /// <exception cref="ScanReportException">Gitleaks' report cannot be read.</exception>
    public async Task<ScannedSource> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        IReadOnlyList<SecretIgnoreEntry> allowed = SecretIgnoreFile.Read(Path.GetFullPath(IgnoreFile, context.Run.Directory), IgnoreFile);
        IReadOnlyList<string> files = await GitSources.TrackedFilesAsync(context, cancellationToken).ConfigureAwait(false);
        GitChange change = await GitSources.FindChangeAsync(context, cancellationToken).ConfigureAwait(false);

        var source = new SourceScan();
        List<SourceFinding> own = [.. await source.RunAsync(context.Run.Directory, files, cancellationToken).ConfigureAwait(false)];
        var additions = new GitAdditions((commit, file, text, lines) => own.AddRange(SourceText.Find(text, file, commit, lines)));
        if (change.Range is not null)
            await GitSources.ReadAdditionsAsync(context, change.Range, additions, cancellationToken).ConfigureAwait(false);
        var gitleaks = new GitleaksScan(context, Program, Timeout);
        IReadOnlyList<SourceFinding> others = await gitleaks.RunAsync(files, change, cancellationToken).ConfigureAwait(false);

        TellWhatWasNotSeen(context, source, change);
        IReadOnlyList<SourceFinding> findings = SecretVerdict.Distinct(own, others);
        var today = DateOnly.FromDateTime(context.Time.GetUtcNow().UtcDateTime);
        (IReadOnlyList<SourceFinding> blocking, IReadOnlyList<SourceFinding> ignored) = SecretVerdict.Of(findings, allowed, today, context.Log);
        string scanner = gitleaks.Name is { } name ? $"own rules, {name}" : "own rules";
        var result = new ScanResult(scanner, [.. findings.Select(finding => finding.ToFinding())], [.. blocking.Select(finding => finding.ToFinding())], [.. ignored.Select(finding => finding.ToFinding())]);
        string phrase = string.Create(
            CultureInfo.InvariantCulture,
            $"{(blocking.Count == 0 ? "none" : blocking.Count)} in {source.Files} files ({source.Bytes / 1e6:0.0} MB) and {additions.Commits} {(additions.Commits == 1 ? "commit" : "commits")}{(ignored.Count > 0 ? $", {ignored.Count} allowed" : "")} ({scanner})");
        context.Report(result);
        context.Report("secrets in the sources", phrase);
        if (blocking.Count > 0)
            throw new SecretsFoundException(blocking, result, IgnoreFile);
        context.Log.Info("Secrets found: " + phrase);
        return new ScannedSource(context.Run.Source?.Commit, result);
    }

    private static void TellWhatWasNotSeen(StageContext context, SourceScan source, GitChange change)
    {
        if (source.Large.Count > 0)
            context.Log.Warning($"{source.Large.Count} of the files {(source.Large.Count == 1 ? "is" : "are")} larger than 1 MB and {(source.Large.Count == 1 ? "was" : "were")} not looked at: {string.Join(", ", source.Large.Take(5))}{(source.Large.Count > 5 ? ", …" : "")}");
        if (source.Binaries > 0)
            context.Log.Info($"{source.Binaries} of the files {(source.Binaries == 1 ? "is" : "are")} binary and {(source.Binaries == 1 ? "was" : "were")} not looked at.");
        if (change.IsShallow)
        {
            context.Log.Warning(
                $"This clone is shallow: {(change.Range is null ? "no commit of the change but the last could be seen, and of that only the files as they are" : "only the commits since " + change.Range[..10] + " could be seen")}. "
                + "What an earlier commit of the change added and a later one took away is not found. Fetch the whole history: fetch-depth: 0 for actions/checkout, GIT_DEPTH: 0 for GitLab.");
        }
        else if (change.DefaultBranch is null && change.Range is not null)
        {
            context.Log.Warning("This clone knows no default branch (origin/HEAD, main, master): of the commits only the last was looked at. Set it by: git remote set-head origin --auto.");
        }
    }
}
