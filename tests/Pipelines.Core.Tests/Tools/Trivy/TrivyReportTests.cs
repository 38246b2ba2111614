using System.Text.Json;
using Pipelines.Core.Tools.Trivy;

namespace Pipelines.Core.Tests.Tools.Trivy;

public class TrivyReportTests
{
    [Theory]
    [InlineData("alpine-39.json")]
    [InlineData("alpine-39-high-critical.json")]
    [InlineData("busybox-with-lockfile.json")]
    [InlineData("debian-buster.json")]
    [InlineData("debian-buster-ignore-unfixed.json")]
    [InlineData("distroless-python27.json")]
    [InlineData("dockerfile.json")]
    [InlineData("npm.json")]
    [InlineData("pip.json")]
    [InlineData("secrets.json")]
    public void Parse_RecordedReport_HasEveryFinding(string file)
    {
        string text = RecordedReports.Read(file);
        using var document = JsonDocument.Parse(text);
        int expected = document.RootElement.GetProperty("Results").EnumerateArray()
            .SelectMany(result => new[] { "Vulnerabilities", "Secrets", "Misconfigurations" }.Where(name => result.TryGetProperty(name, out _)).Select(name => result.GetProperty(name).GetArrayLength())).Sum();
        IReadOnlyList<Finding> findings = TrivyReport.Parse(text);
        Assert.NotEqual(0, expected);
        Assert.Equal(expected, findings.Count);
        Assert.Equal(findings.OrderByDescending(finding => finding.Severity).Select(finding => finding.Severity), findings.Select(finding => finding.Severity));
        Assert.All(findings, finding => Assert.False(string.IsNullOrEmpty(finding.Id) || string.IsNullOrEmpty(finding.Target)));
    }

    [Fact]
    public void Parse_RecordedVulnerability_HasPackageVersionsAndFix()
    {
        Finding finding = TrivyReport.Parse(RecordedReports.Read("alpine-39-high-critical.json"))[0];
        Assert.Equal(("CVE-2019-14697", Severity.Critical, "musl", "1.1.20-r4", "1.1.20-r5"), (finding.Id, finding.Severity, finding.Package, finding.InstalledVersion, finding.FixedVersion));
    }

    [Fact]
    public void Parse_RecordedVulnerabilityWithoutFix_SaysSo() =>
        Assert.Null(TrivyReport.Parse(RecordedReports.Read("debian-buster.json")).Single(finding => finding.Id == "CVE-2019-18276").FixedVersion);

    [Fact]
    public void Parse_RecordedSecret_IsAFindingWithoutItsText()
    {
        IReadOnlyList<Finding> findings = TrivyReport.Parse(RecordedReports.Read("secrets.json"));
        Assert.Contains(findings, finding => finding is { Id: "aws-access-key-id", Severity: Severity.Critical, Package: "secret", InstalledVersion: "line 3", FixedVersion: not null });
        Assert.DoesNotContain(findings, finding => finding.ToString().Contains("export", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("alpine-310.sarif.json", "SARIF")]
    [InlineData("alpine-310.junit.xml", "XML")]
    [InlineData("alpine-310.github-sbom.json", "dependency snapshot")]
    public void Parse_RecordedOtherFormat_IsRefused(string file, string reason) =>
        Assert.Contains(reason, Assert.Throws<ScanReportException>(() => TrivyReport.Parse(RecordedReports.Read(file))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("", "empty")]
    [InlineData("  \n", "empty")]
    [InlineData("{", "no valid JSON")]
    [InlineData("[]", "no JSON object")]
    [InlineData("{}", "SchemaVersion")]
    [InlineData("""{"SchemaVersion":3,"ArtifactName":"x"}""", "is 3")]
    [InlineData("""{"SchemaVersion":2}""", "ArtifactName")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":{}}""", "'Results' is no list")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"VulnerabilityID":"CVE-1","Severity":"APOCALYPTIC"}]}]}""", "APOCALYPTIC")]
    [InlineData("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Vulnerabilities":[{"Severity":"LOW"}]}]}""", "VulnerabilityID")]
    [InlineData("""{"bomFormat":"CycloneDX","specVersion":"1.5"}""", "bill of materials")]
    public void Parse_NotTheReport_NeverPasses(string text, string reason) =>
        Assert.Contains(reason, Assert.Throws<ScanReportException>(() => TrivyReport.Parse(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Parse_NothingFound_IsEmpty()
    {
        Assert.Empty(TrivyReport.Parse("""{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"x","Class":"os-pkgs"}]}"""));
        Assert.Empty(TrivyReport.Parse("""{"SchemaVersion":2,"ArtifactName":"x"}""")); // an image from scratch
    }
}
