using System.Text.Json;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Promote;

/// <summary>What was proven in an environment, as it is kept in the manifest repository: enough to make the evidence anew on another machine.</summary>
internal sealed record ProofRecord
{
    public required string Image { get; init; }

    public required string Tag { get; init; }

    public required string Digest { get; init; }

    /// <summary>The commit of the manifest repository that deployed it.</summary>
    public required string Revision { get; init; }

    public required string Commit { get; init; }

    /// <summary>The branch; null where it is not known, and for pull requests: a fork may call its branch as it likes.</summary>
    public string? Branch { get; init; }

    public string? Remote { get; init; }

    public DateTimeOffset CommittedAt { get; init; }

    public IReadOnlyList<string>? Authors { get; init; }

    public required string Proof { get; init; }

    public required string Run { get; init; }

    public string? StartedBy { get; init; }

    public string? Build { get; init; }

    public required DateTimeOffset At { get; init; }

    public required ScanResult Scan { get; init; }

    public static ProofRecord Of(ProvenDeployment proven, IReadOnlyList<string>? authors, RunInfo run, DateTimeOffset at)
    {
        PublishedImage image = proven.Deployment.Image;
        SourceRevision source = image.Image.Image.Source;
        return new ProofRecord
        {
            Image = image.Reference.Name,
            Tag = image.Reference.Tag ?? throw new InvalidUsageException($"The image {image.Reference} has no tag, so what it is cannot be found again.", null, "Push it with a tag."),
            Digest = image.Digest,
            Revision = proven.Deployment.Revision,
            Commit = source.Commit,
            Branch = run.PullRequest is null ? source.Branch : null,
            Remote = source.RemoteUrl,
            CommittedAt = source.CommittedAt,
            Authors = authors,
            Proof = proven.Proof,
            Run = run.Id,
            StartedBy = run.Actor,
            Build = run.BuildUrl is null ? null : Tools.Git.GitUrl.WithoutUserInfo(run.BuildUrl.AbsoluteUri),
            At = at,
            Scan = image.Image.Scan,
        };
    }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("image", Image);
        json.WriteString("tag", Tag);
        json.WriteString("digest", Digest);
        json.WriteString("revision", Revision);
        json.WriteString("commit", Commit);
        json.WriteString("branch", Branch);
        json.WriteString("remote", Remote);
        json.WriteString("committedAt", DocumentJson.Time(CommittedAt));
        if (Authors is not null)
        {
            json.WriteStartArray("authors");
            foreach (string author in Authors)
                json.WriteStringValue(author);
            json.WriteEndArray();
        }

        json.WriteString("proof", Proof);
        json.WriteString("run", Run);
        json.WriteString("startedBy", StartedBy);
        json.WriteString("build", Build);
        json.WriteString("at", DocumentJson.Time(At));
        json.WriteStartObject("scan");
        json.WriteString("scanner", Scan.Scanner);
        json.WriteBoolean("simulated", Scan.Simulated);
        Write(json, "findings", Scan.Findings);
        Write(json, "ignored", Scan.Ignored);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    public static ProofRecord Read(JsonElement json) => new()
    {
        Image = json.Text("image"),
        Tag = json.Text("tag"),
        Digest = json.Text("digest"),
        Revision = json.Text("revision"),
        Commit = json.Text("commit"),
        Branch = json.Find("branch"),
        Remote = json.Find("remote"),
        CommittedAt = json.Time("committedAt"),
        Authors = json.TryGetProperty("authors", out JsonElement authors) ? [.. authors.EnumerateArray().Select(author => author.GetString()!)] : null,
        Proof = json.Text("proof"),
        Run = json.Text("run"),
        StartedBy = json.Find("startedBy"),
        Build = json.Find("build"),
        At = json.Time("at"),
        Scan = ReadScan(json.GetProperty("scan")),
    };

    private static ScanResult ReadScan(JsonElement scan) => new(scan.Text("scanner"), Findings(scan, "findings"), [], Findings(scan, "ignored"), scan.GetProperty("simulated").GetBoolean());

    private static void Write(Utf8JsonWriter json, string name, IReadOnlyList<Finding> findings)
    {
        json.WriteStartArray(name);
        foreach (Finding finding in findings)
        {
            json.WriteStartObject();
            json.WriteString("id", finding.Id);
            json.WriteString("severity", finding.Severity.ToString());
            json.WriteString("package", finding.Package);
            json.WriteString("installed", finding.InstalledVersion);
            json.WriteString("fixed", finding.FixedVersion);
            json.WriteString("title", finding.Title);
            json.WriteString("target", finding.Target);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    }

    private static Finding[] Findings(JsonElement scan, string name) =>
    [
        .. scan.GetProperty(name).EnumerateArray().Select(finding => new Finding(
            finding.Text("id"), Enum.TryParse(finding.Text("severity"), out Severity severity) ? severity : throw new FormatException("severity"), finding.Text("package"), finding.Text("installed"), finding.Find("fixed"), finding.Text("title"), finding.Text("target"))),
    ];
}
