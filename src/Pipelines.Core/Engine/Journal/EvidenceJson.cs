using System.Globalization;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Engine.Journal;

/// <summary>The model's reports and evidence as JSON. Reading evidence makes it anew: the journal of the same run in the same checkout alone may do that (see <see cref="RunIdentity"/>).</summary>
internal static class EvidenceJson
{
    public static void Write(JsonText json, TestResults results)
    {
        json.WriteStartObject();
        json.WriteNumber("passed", results.Passed);
        json.WriteNumber("failed", results.Failed);
        json.WriteNumber("skipped", results.Skipped);
        JournalJson.WriteTime(json, "duration", results.Duration);
        if (results.Coverage is { } coverage)
            json.WriteNumber("coverage", coverage);
        json.WriteStartArray("failures");
        foreach (TestFailure failure in results.Failures)
        {
            json.WriteStartObject();
            json.WriteString("name", failure.Name);
            json.WriteString("message", failure.Message);
            json.WriteString("details", failure.Details);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteEndObject();
    }

    public static TestResults ReadTests(JsonElement json) => new(
        json.GetProperty("passed").GetInt32(),
        json.GetProperty("failed").GetInt32(),
        json.GetProperty("skipped").GetInt32(),
        JournalJson.ReadTime(json, "duration"),
        [.. json.GetProperty("failures").EnumerateArray().Select(failure => new TestFailure(Text(failure, "name"), Text(failure, "message"), JournalJson.Text(failure, "details")))])
    {
        Coverage = json.TryGetProperty("coverage", out JsonElement coverage) ? coverage.GetDouble() : null,
    };

    public static void Write(JsonText json, ScanResult scan)
    {
        json.WriteStartObject();
        json.WriteString("scanner", scan.Scanner);
        json.WriteBoolean("simulated", scan.Simulated);
        Findings("findings", scan.Findings);
        Findings("blocking", scan.Blocking);
        Findings("ignored", scan.Ignored);
        json.WriteEndObject();

        void Findings(string name, IReadOnlyList<Finding> findings)
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
    }

    public static ScanResult ReadScan(JsonElement json)
    {
        return new ScanResult(Text(json, "scanner"), Findings("findings"), Findings("blocking"), Findings("ignored"), json.GetProperty("simulated").GetBoolean());

        Finding[] Findings(string name) =>
        [
            .. json.GetProperty(name).EnumerateArray().Select(finding => new Finding(
                Text(finding, "id"), Enum.Parse<Severity>(Text(finding, "severity")), Text(finding, "package"), Text(finding, "installed"), JournalJson.Text(finding, "fixed"), Text(finding, "title"), Text(finding, "target"))),
        ];
    }

    public static void Write(JsonText json, SourceRevision source)
    {
        json.WriteStartObject();
        json.WriteString("commit", source.Commit);
        json.WriteString("branch", source.Branch);
        json.WriteString("remote", source.RemoteUrl);
        JournalJson.WriteTexts(json, "changes", source.UncommittedChanges);
        json.WriteString("tag", source.Tag);
        json.WriteString("committedAt", source.CommittedAt.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    public static SourceRevision ReadSource(JsonElement json) => new(
        Text(json, "commit"), JournalJson.Text(json, "branch"), JournalJson.Text(json, "remote"), JournalJson.Texts(json, "changes"), Text(json, "tag"), Instant(json, "committedAt"));

    public static void Write(JsonText json, ScannedSource source)
    {
        json.WriteStartObject();
        json.WriteString("commit", source.Commit);
        json.WriteName("scan");
        Write(json, source.Scan);
        json.WriteEndObject();
    }

    public static ScannedSource ReadScannedSource(JsonElement json) => new(JournalJson.Text(json, "commit"), ReadScan(json.GetProperty("scan")));

    public static void Write(JsonText json, BuiltImage image)
    {
        json.WriteStartObject();
        json.WriteString("reference", image.Reference.ToString());
        json.WriteString("id", image.Id);
        switch (image.Location)
        {
            case ImageLocation.DockerEngine:
                json.WriteString("in", "docker");
                break;
            case ImageLocation.OciLayout layout:
                json.WriteString("in", "layout");
                json.WriteString("at", layout.Directory);
                break;
            case ImageLocation.Registry registry:
                json.WriteString("in", "registry");
                json.WriteString("at", registry.Digest);
                break;
            default:
                throw new InvalidOperationException(image.Location.GetType().Name);
        }

        json.WriteName("source");
        Write(json, image.Source);
        json.WriteEndObject();
    }

    /// <exception cref="OutputGoneException">It was in a folder that is there no more.</exception>
    public static BuiltImage ReadBuilt(JsonElement json)
    {
        ImageLocation location = Text(json, "in") switch
        {
            "docker" => new ImageLocation.DockerEngine(),
            "layout" => Directory.Exists(Text(json, "at")) ? new ImageLocation.OciLayout(Text(json, "at")) : throw new OutputGoneException($"the image is in {Text(json, "at")} no more"),
            _ => new ImageLocation.Registry(Text(json, "at")),
        };
        return new BuiltImage(ImageReference.Parse(Text(json, "reference")), Text(json, "id"), location, ReadSource(json.GetProperty("source")));
    }

    public static void Write(JsonText json, ScannedImage image)
    {
        json.WriteStartObject();
        json.WriteName("image");
        Write(json, image.Image);
        json.WriteName("scan");
        Write(json, image.Scan);
        json.WriteEndObject();
    }

    public static ScannedImage ReadScanned(JsonElement json) => new(ReadBuilt(json.GetProperty("image")), ReadScan(json.GetProperty("scan")));

    public static void Write(JsonText json, PublishedImage image)
    {
        json.WriteStartObject();
        json.WriteString("reference", image.Reference.ToString());
        json.WriteString("digest", image.Digest);
        json.WriteName("image");
        Write(json, image.Image);
        json.WriteEndObject();
    }

    public static PublishedImage ReadPublished(JsonElement json) => new(ImageReference.Parse(Text(json, "reference")), Text(json, "digest"), ReadScanned(json.GetProperty("image")));

    public static void Write(JsonText json, Deployment deployment)
    {
        json.WriteStartObject();
        json.WriteName("image");
        Write(json, deployment.Image);
        json.WriteString("environment", deployment.Environment.Name);
        json.WriteString("app", deployment.Environment.App);
        json.WriteString("manifest", Manifest(deployment.Environment));
        json.WriteString("revision", deployment.Revision);
        json.WriteBoolean("changed", deployment.Changed);
        json.WriteString("previous", deployment.PreviousTag);
        json.WriteEndObject();
    }

    /// <param name="json">What was written.</param>
    /// <param name="environments">Those of the plan: where an environment is and what proves it is never taken from a journal.</param>
    /// <exception cref="OutputGoneException">The plan has no such environment any more.</exception>
    public static Deployment ReadDeployment(JsonElement json, IReadOnlyList<DeploymentEnvironment> environments)
    {
        DeploymentEnvironment environment = environments.FirstOrDefault(one => one.Name == Text(json, "environment") && one.App == Text(json, "app") && Manifest(one) == Text(json, "manifest"))
            ?? throw new OutputGoneException($"the plan has no environment '{Text(json, "environment")}' with the manifest {Text(json, "manifest")} any more");
        return new Deployment(ReadPublished(json.GetProperty("image")), environment, Text(json, "revision"), json.GetProperty("changed").GetBoolean(), JournalJson.Text(json, "previous"));
    }

    public static void Write(JsonText json, ProvenDeployment proven)
    {
        json.WriteStartObject();
        json.WriteName("deployment");
        Write(json, proven.Deployment);
        json.WriteString("proof", proven.Proof);
        json.WriteEndObject();
    }

    public static ProvenDeployment ReadProven(JsonElement json, IReadOnlyList<DeploymentEnvironment> environments) =>
        new(ReadDeployment(json.GetProperty("deployment"), environments), Text(json, "proof"));

    public static void Write(JsonText json, Approval approval)
    {
        json.WriteStartObject();
        json.WriteString("digest", approval.Digest);
        json.WriteString("environment", approval.Environment);
        json.WriteString("by", approval.ApprovedBy);
        json.WriteString("reason", approval.Reason);
        json.WriteString("at", approval.At.ToString("O", CultureInfo.InvariantCulture));
        json.WriteEndObject();
    }

    public static Approval ReadApproval(JsonElement json) => new(Text(json, "digest"), Text(json, "environment"), Text(json, "by"), JournalJson.Text(json, "reason"), Instant(json, "at"));

    private static string Manifest(DeploymentEnvironment environment) =>
        $"{environment.Manifest.Repository} {environment.Manifest.Branch} {environment.Manifest.File} {environment.Manifest.Key}";

    private static string Text(JsonElement json, string name) => json.GetProperty(name).GetString()!;

    private static DateTimeOffset Instant(JsonElement json, string name) => DateTimeOffset.Parse(Text(json, name), CultureInfo.InvariantCulture, DateTimeStyles.RoundtripKind);
}
