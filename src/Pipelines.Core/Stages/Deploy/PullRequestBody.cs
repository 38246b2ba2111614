using System.Text;
using Pipelines.Core.GitOps;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>What a reviewer of a deployment reads. Markdown that GitHub and GitLab both know; nothing of an image, a commit or a reason can be markup in it.</summary>
internal static class PullRequestBody
{
    private const int MaxFindings = 10;

    public static string Compose(DeploymentEnvironment environment, PublishedImage image, ManifestProposal proposal, IReadOnlyList<(string Name, string Value)> trailers, RunInfo run, IReadOnlyList<TestResults> tests)
    {
        SourceRevision source = image.Image.Image.Source;
        var text = new StringBuilder();
        text.Append("<!-- pipelines -->\n");
        text.Append("Deploys ").Append(Code(environment.App)).Append(' ').Append(Code(image.Reference.Tag!)).Append(" to ").Append(Code(environment.Name)).Append(". Merging it is the deployment: Argo CD does the rest.\n\n");
        text.Append("```diff\n").Append(proposal.Diff.Replace("```", "'''", StringComparison.Ordinal)).Append("\n```\n\n| | |\n|---|---|\n");
        Row("file", Code(environment.Manifest.File));
        Row("digest", Code(image.Digest));
        Row("commit", Code(source.Commit) + (source.Branch is null ? "" : " on " + Code(source.Branch)));
        Row("tests", tests.Count == 0 ? "none in this run: see the one that built the image" : $"{tests.Sum(one => one.Passed)} passed, {tests.Sum(one => one.Failed)} failed, {tests.Sum(one => one.Skipped)} skipped");
        Row("scan", Approve.ApprovalSummary.Findings(image.Image.Scan));
        foreach ((string name, string value) in trailers)
            Row(name.Replace('-', ' ').ToLowerInvariant(), Code(value));
        if (run.Actor is not null)
            Row("started by", Code(run.Actor));
        Row("run", Code(run.Id));
        if (run.BuildUrl is not null)
            Row("build", GitUrl.WithoutUserInfo(run.BuildUrl.AbsoluteUri));
        Findings(text, image.Image.Scan);
        return text.ToString();

        void Row(string name, string value) => text.Append("| ").Append(name).Append(" | ").Append(value.ReplaceLineEndings(" ").Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
    }

    private static void Findings(StringBuilder text, ScanResult scan)
    {
        if (scan.Findings.Count == 0)
            return;
        text.Append("\n<details><summary>Findings</summary>\n\n");
        foreach (Finding finding in scan.Findings.OrderByDescending(finding => finding.Severity).Take(MaxFindings))
            text.Append("- ").Append(Code($"{finding.Id} {finding.Severity} {finding.Package} {finding.InstalledVersion}{(finding.FixedVersion is null ? "" : $", fixed in {finding.FixedVersion}")}")).Append('\n');
        if (scan.Findings.Count > MaxFindings)
            text.Append("- and ").Append(scan.Findings.Count - MaxFindings).Append(" more\n");
        text.Append("\n</details>\n");
    }

    private static string Code(string text) => $"`{text.Replace('`', '\'').ReplaceLineEndings(" ")}`";
}
