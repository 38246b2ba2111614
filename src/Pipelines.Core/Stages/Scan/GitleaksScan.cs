using Pipelines.Core.Tools.Git;
using Pipelines.Core.Tools.Gitleaks;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Gitleaks beside our own rules, where it is installed.</summary>
internal sealed class GitleaksScan(StageContext context, string program, TimeSpan timeout)
{
    /// <summary>Gitleaks with its version; null where it is not installed.</summary>
    public string? Name { get; private set; }

    public async Task<IReadOnlyList<SourceFinding>> RunAsync(IReadOnlyList<string> files, GitChange change, CancellationToken cancellationToken)
    {
        var scanner = new GitleaksScanner(context, program, timeout);
        if (await scanner.FindVersionAsync(cancellationToken).ConfigureAwait(false) is not { } version)
            return [];
        Name = version.Length == 0 ? "gitleaks" : $"gitleaks {version}";
        string folder = Path.Combine(context.Run.RunDirectory, "secret-scan");
        string copy = Path.Combine(folder, "files");
        List<SourceFinding> findings;
        try
        {
            CopyFiles(files, copy);
            findings = [.. (await scanner.ScanFolderAsync(copy, Path.Combine(folder, "files.json"), cancellationToken).ConfigureAwait(false)).Select(Of)];
        }
        finally
        {
            Directory.Delete(copy, recursive: true);
        }

        if (change.Range is not null && await GitSources.FindGitFolderAsync(context, cancellationToken).ConfigureAwait(false) is { } git)
        {
            IReadOnlyList<GitleaksFinding> commits = await scanner.ScanCommitsAsync(git.Folder, change.Range, Path.Combine(folder, "commits.json"), cancellationToken).ConfigureAwait(false);
            findings.AddRange(commits.Where(one => one.File.StartsWith(git.Prefix, StringComparison.Ordinal)).Select(one => Of(one with { File = one.File[git.Prefix.Length..] })));
        }

        return findings;
    }

    private static SourceFinding Of(GitleaksFinding finding) => new(
        GitleaksScanner.RulePrefix + finding.Rule, finding.Description.Length == 0 ? "Found by gitleaks." : finding.Description, finding.File, finding.Line, finding.Column, finding.Fingerprint, "…", finding.Commit);

    /// <summary>A copy holds what is tracked and nothing else: no build output and no packages, and no file by which gitleaks would look away.</summary>
    private void CopyFiles(IReadOnlyList<string> files, string copy)
    {
        Directory.CreateDirectory(copy);
        foreach (string file in files)
        {
            string source = Path.Combine(context.Run.Directory, file);
            if (!File.Exists(source) || Path.GetFileName(file) is ".gitleaks.toml" or ".gitleaksignore")
                continue;
            string target = Path.Combine(copy, file);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(source, target, overwrite: true);
        }
    }
}
