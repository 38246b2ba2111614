using Pipelines.Core.Tools.Gitleaks;

namespace Pipelines.Core.Tests.Tools.Gitleaks;

public class GitleaksReportTests
{
    /// <summary>The fields of report/finding.go, version 8.</summary>
    private const string One = """
        [{"RuleID":"generic-api-key","Description":"Detected a Generic API Key","StartLine":3,"EndLine":3,"StartColumn":5,"EndColumn":40,"Match":"key = \"REDACTED\"","Secret":"REDACTED","File":"./src/a.py","SymlinkFile":"",
          "Commit":"","Entropy":4.25,"Author":"","Email":"","Date":"","Message":"","Tags":[],"Fingerprint":"src/a.py:generic-api-key:3"}]
        """;

    [Fact]
    public void Parse_Finding_IsReadWithAFingerprintOfOurOwn()
    {
        GitleaksFinding finding = Assert.Single(GitleaksReport.Parse(One));
        Assert.Equal(("generic-api-key", "Detected a Generic API Key", "src/a.py", 3, 5, null), (finding.Rule, finding.Description, finding.File, finding.Line, finding.Column, finding.Commit));
        Assert.Matches("^[0-9a-f]{16}$", finding.Fingerprint);
    }

    [Fact] // an entry of the allow list must outlive a line above it, and must not cover another value
    public void Parse_Fingerprint_DependsOnTheValueAndNotOnTheLine()
    {
        string first = Assert.Single(GitleaksReport.Parse(One)).Fingerprint;
        Assert.Equal(first, Assert.Single(GitleaksReport.Parse(One.Replace("\"StartLine\":3", "\"StartLine\":9", StringComparison.Ordinal))).Fingerprint);
        Assert.NotEqual(first, Assert.Single(GitleaksReport.Parse(One.Replace("4.25", "4.26", StringComparison.Ordinal))).Fingerprint);
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("null")]
    public void Parse_NoFindings_IsEmpty(string json) => Assert.Empty(GitleaksReport.Parse(json));

    [Theory]
    [InlineData("", "it is empty")]
    [InlineData("Usage: gitleaks", "it is no JSON")]
    [InlineData("{}", "it is no list")]
    [InlineData("[{}]", "an entry has no RuleID")]
    [InlineData("[1]", "an entry has no RuleID")]
    public void Parse_NoReport_IsAnErrorAndNeverAPass(string json, string reason) =>
        Assert.Contains(reason, Assert.Throws<ScanReportException>(() => GitleaksReport.Parse(json)).Message, StringComparison.Ordinal);
}
