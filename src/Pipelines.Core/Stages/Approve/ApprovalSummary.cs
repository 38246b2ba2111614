using System.Text;
using Pipelines.Core.GitOps;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Stages.Approve;

/// <summary>What a person must see to decide: what, from where, what runs there now, and what changes.</summary>
internal static class ApprovalSummary
{
    private const int MaxCommits = 10;

    public static async Task<string> ComposeAsync(DeploymentEnvironment environment, ProvenDeployment proven, IReadOnlyList<string>? authors, StageContext context, CancellationToken cancellationToken)
    {
        PublishedImage image = proven.Deployment.Image;
        SourceRevision source = image.Image.Image.Source;
        var text = new StringBuilder();
        Line("deploy", $"{environment.App} {image.Reference.Tag} to '{environment.Name}'");
        Line("digest", image.Digest);
        Line("commit", $"{source.ShortCommit}{(source.Branch is null ? "" : $" on {source.Branch}")}{(authors is { Count: > 0 } ? " by " + string.Join(", ", authors) : "")}");
        Line("proven", $"in '{proven.Deployment.Environment.Name}': {proven.Proof}");
        Line("findings", Findings(image.Image.Scan));
        string? running = await RunningAsync(environment, context, cancellationToken).ConfigureAwait(false);
        Line("runs now", running ?? "nothing: the manifest holds no tag");
        if (running is not null)
            Line("changes", await ChangesAsync(running, source, context, cancellationToken).ConfigureAwait(false));
        if (context.Run.BuildUrl is not null)
            Line("build", GitUrl.WithoutUserInfo(context.Run.BuildUrl.AbsoluteUri));
        return text.ToString().TrimEnd();

        void Line(string name, string value) => text.Append("  ").Append(name.PadRight(10)).AppendLine(value);
    }

    public static string Findings(ScanResult scan) => scan.Simulated
        ? "simulated: no scanner looked at the image"
        : $"{scan.Findings.Count} ({scan.Count(Severity.Critical)} critical, {scan.Count(Severity.High)} high), {scan.Ignored.Count} ignored by the list; by {scan.Scanner}";

    private static async Task<string?> RunningAsync(DeploymentEnvironment environment, StageContext context, CancellationToken cancellationToken)
    {
        using var repository = new ManifestRepository(environment.Manifest, context);
        return (await repository.ReadValueAsync(cancellationToken).ConfigureAwait(false)).Tag;
    }

    /// <summary>Tags are commits: the way from one to the other is in the checkout, where it is not a shallow one.</summary>
    private static async Task<string> ChangesAsync(string running, SourceRevision source, StageContext context, CancellationToken cancellationToken)
    {
        if (running == source.Tag)
            return "none: it runs already";
        var history = new GitHistory(context.Run.Directory, context.Time);
        string from = running.Split('-')[0];
        if (await history.FindBetweenAsync(from, source.Commit, MaxCommits, cancellationToken).ConfigureAwait(false) is var (count, subjects))
            return $"{count} commits\n" + string.Join('\n', subjects.Select(subject => "            " + subject)) + (count > subjects.Count ? $"\n            and {count - subjects.Count} more" : "");
        return await history.FindBetweenAsync(source.Commit, from, 1, cancellationToken).ConfigureAwait(false) is var (back, _) && back > 0
            ? $"it goes BACK by {back} commits: what runs now is newer"
            : "not known here: the checkout does not hold both commits";
    }
}
