using Pipelines.Core.Model;
using Pipelines.Core.Stages.Scan;
using Pipelines.Core.Tests.Tools.Trivy;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Scan;

public sealed class TrivyImageScanTests : IDisposable
{
    private const string Clean = """{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"x","Class":"os-pkgs"}]}""";

    private static readonly string Id = "sha256:" + new string('a', 64);

    private readonly TemporaryDirectory _folder = new();
    private readonly RecordingContext _run;

    public TrivyImageScanTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the dummy trivy is a shell script");
        _run = new RecordingContext(_folder.Path, time: TimeProvider.System, secrets: new Dictionary<string, string> { ["env://PASSWORD"] = "s3cret" });
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_NothingBad_PassesWithItsReport()
    {
        ScannedImage scanned = await Scan(Trivy(Clean));
        Assert.Empty(scanned.Scan.Blocking);
        Assert.False(scanned.Scan.Simulated);
        Assert.Equal("0 critical, 0 high, 0 medium (trivy 0.50.1)", _run.Fact("scan"));
        string arguments = _folder.Read("arguments");
        Assert.Contains("--format json", arguments, StringComparison.Ordinal);
        Assert.EndsWith($"--image-src docker {Id}\n", arguments, StringComparison.Ordinal); // the very image, by id
    }

    [Fact]
    public async Task RunAsync_RecordedHighAndCritical_IsStoppedWithWhatToDo()
    {
        FindingsException exception = await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(RecordedReports.Read("alpine-39-high-critical.json"))));
        Assert.False(exception.IsTransient); // trivy-azure-pipelines-task#82: findings are never tried again
        Assert.Contains("CVE-2019-14697  musl 1.1.20-r4 → 1.1.20-r5", exception.Message, StringComparison.Ordinal);
        Assert.Contains("scan-ignore.yaml", exception.Message, StringComparison.Ordinal);
        Assert.Single(_run.Reports.OfType<StageReport.Scan>());
    }

    [Fact]
    public async Task RunAsync_RecordedFindingsWithoutFix_Pass()
    {
        // debian-buster has a critical one with a fix and a low one without
        await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(RecordedReports.Read("debian-buster.json"))));
        const string Unfixed = """{"SchemaVersion":2,"ArtifactName":"x","Results":[{"Target":"x","Vulnerabilities":[{"VulnerabilityID":"CVE-1","PkgName":"p","InstalledVersion":"1","Severity":"CRITICAL"}]}]}""";
        ScannedImage scanned = await Scan(Trivy(Unfixed));
        Assert.Single(scanned.Scan.Findings);
        await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(Unfixed), scan => scan with { IgnoreUnfixed = false }));
    }

    [Fact]
    public async Task RunAsync_RecordedSecretInTheImage_IsStopped() => await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(RecordedReports.Read("secrets.json"))));

    [Fact]
    public async Task RunAsync_FailOnCritical_LetsHighPass()
    {
        string report = RecordedReports.Read("pip.json"); // HIGH, no CRITICAL
        await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(report)));
        Assert.NotEmpty((await Scan(Trivy(report), scan => scan with { FailOn = Severity.Critical })).Scan.Findings);
    }

    [Fact]
    public async Task RunAsync_IgnoredWithReason_PassesAndSaysWhy()
    {
        _folder.Write("scan-ignore.yaml", "- id: CVE-2019-14697\n  reason: no x87 code here\n  expires: 2999-12-31\n");
        ScannedImage scanned = await Scan(Trivy(RecordedReports.Read("alpine-39-high-critical.json")));
        Assert.Empty(scanned.Scan.Blocking);
        Assert.NotEmpty(scanned.Scan.Ignored);
        Assert.Contains("no x87 code here", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_IgnoreEntryExpired_DoesNotCountAndWarns()
    {
        _folder.Write("scan-ignore.yaml", "- id: CVE-2019-14697\n  reason: no x87 code here\n  expires: 2001-01-01\n");
        await Assert.ThrowsAsync<FindingsException>(() => Scan(Trivy(RecordedReports.Read("alpine-39-high-critical.json"))));
        Assert.Contains(_run.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("expired on 2001-01-01", StringComparison.Ordinal));
    }

    [Theory] // trivy-action#430
    [InlineData("FATAL\tFatal error\tinit error: DB error: failed to download vulnerability DB: OCI artifact error: GET https://ghcr.io/v2/: TOOMANYREQUESTS: retry-after: 1ms", "limits the rate")]
    [InlineData("FATAL\tinit error: DB error: failed to download vulnerability DB: dial tcp: lookup ghcr.io: no such host", "database could not be downloaded")]
    [InlineData("FATAL\timage scan error: context deadline exceeded", "the time was over")]
    public async Task RunAsync_PassingFault_IsTransientAndNoFinding(string error, string what)
    {
        ScannerUnavailableException exception = await Assert.ThrowsAsync<ScannerUnavailableException>(() => Scan(Trivy("", exitCode: 1, error)));
        Assert.True(exception.IsTransient);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OtherFault_IsNeitherTransientNorAFinding()
    {
        CommandFailedException exception = await Assert.ThrowsAsync<CommandFailedException>(() => Scan(Trivy("", exitCode: 1, "FATAL unknown flag: --scanners")));
        Assert.False(exception.IsTransient);
    }

    [Theory]
    [InlineData("")]
    [InlineData("Usage: trivy image")]
    public async Task RunAsync_OutputIsNoReport_NeverPasses(string output) => await Assert.ThrowsAsync<ScanReportException>(() => Scan(Trivy(output)));

    [Fact]
    public async Task RunAsync_TrivyMissing_SaysHowToInstallIt()
    {
        ToolNotFoundException exception = await Assert.ThrowsAsync<ToolNotFoundException>(() => Scan(Path.Combine(_folder.Path, "no-trivy")));
        Assert.Contains("trivy.dev", exception.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, exception.Kind);
    }

    [Fact]
    public async Task RunAsync_ImageInRegistry_IsScannedByDigestWithCredentialsInTheEnvironment()
    {
        string program = Script("""
            [ "$1" = --version ] && exit 1
            echo "$@" > "$(dirname "$0")/arguments"; echo "$TRIVY_USERNAME:$TRIVY_PASSWORD" > "$(dirname "$0")/environment"
            cat "$(dirname "$0")/report"
            """);
        _folder.Write("report", Clean);
        BuiltImage image = Image(new ImageLocation.Registry(Id));
        await new TrivyImageScan { Program = program, Credentials = new RegistryCredentials.Basic("robot", SecretReference.Parse("env://PASSWORD")) }.RunAsync(image, _run.Context, TestContext.Current.CancellationToken);
        Assert.Equal("robot:s3cret\n", _folder.Read("environment"));
        Assert.EndsWith($"--image-src remote registry.example.com/app@{Id}\n", _folder.Read("arguments"), StringComparison.Ordinal);
        Assert.DoesNotContain("s3cret", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SimulatedScan_Sandbox_SaysThatNothingLooked()
    {
        var sandbox = new RecordingContext(_folder.Path, RunMode.Sandbox);
        ScannedImage scanned = await new SimulatedScan("'trivy' was not found on this machine.").RunAsync(Image(new ImageLocation.DockerEngine()), sandbox.Context, TestContext.Current.CancellationToken);
        Assert.True(scanned.Scan.Simulated);
        Assert.Contains("SIMULATED", sandbox.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SimulatedScan_Live_IsRefused() =>
        await Assert.ThrowsAsync<ToolNotFoundException>(() => new SimulatedScan("'trivy' was not found on this machine.").RunAsync(Image(new ImageLocation.DockerEngine()), _run.Context, TestContext.Current.CancellationToken));

    private Task<ScannedImage> Scan(string program, Func<TrivyImageScan, TrivyImageScan>? with = null)
    {
        var scan = new TrivyImageScan { Program = program };
        return (with?.Invoke(scan) ?? scan).RunAsync(Image(new ImageLocation.DockerEngine()), _run.Context, TestContext.Current.CancellationToken);
    }

    private static BuiltImage Image(ImageLocation location) =>
        new(ImageReference.Parse("registry.example.com/app:v1"), Id, location, new SourceRevision(new string('c', 40), "main", null, [], "v1", DateTimeOffset.UnixEpoch));

    private string Trivy(string report, int exitCode = 0, string error = "")
    {
        _folder.Write("report", report);
        _folder.Write("error", error);
        return Script($$"""
            [ "$1" = --version ] && echo "Version: 0.50.1" && exit 0
            folder=$(dirname "$0"); echo "$@" > "$folder/arguments"; cat "$folder/error" >&2
            while [ $# -gt 0 ]; do [ "$1" = --output ] && cp "$folder/report" "$2"; shift; done
            exit {{exitCode}}
            """);
    }

    private string Script(string body)
    {
        string path = _folder.Write("trivy", "#!/bin/sh\n" + body + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
