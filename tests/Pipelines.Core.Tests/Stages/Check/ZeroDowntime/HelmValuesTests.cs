using Pipelines.Core.Tests.Architecture;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Check.ZeroDowntime;

/// <summary>Charts: rendered where helm is there, else their values alone.</summary>
public sealed class HelmValuesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("replicaCount: 1", "ZD007", "replicaCount is 1; write at least 2")]
    [InlineData("replicas: 0", "ZD007", "replicas is 0")]
    [InlineData("replicaCount: 5\nautoscaling:\n  enabled: true\n  minReplicas: 1", "ZD007", "autoscaling.minReplicas is 1")]
    [InlineData("strategy:\n  type: Recreate", "ZD001", "strategy.type is Recreate")]
    [InlineData("updateStrategy:\n  rollingUpdate:\n    maxUnavailable: 25%", "ZD001", "updateStrategy.rollingUpdate.maxUnavailable is 25%")]
    [InlineData("strategy:\n  rollingUpdate:\n    maxSurge: 0", "ZD002", "strategy.rollingUpdate.maxSurge is 0")]
    [InlineData("readinessProbe:\n  enabled: false", "ZD003", "readinessProbe.enabled is false")]
    [InlineData("readinessProbe:\n  httpGet:\n    path: /health\nlivenessProbe:\n  httpGet:\n    path: /health", "ZD004", "livenessProbe.httpGet.path is /health as the readiness probe's")]
    [InlineData("preStopSeconds: 25\nterminationGracePeriodSeconds: 30", "ZD006", "terminationGracePeriodSeconds is 30, and preStop (25 s)")]
    [InlineData("pdb:\n  create: false", "ZD008", "pdb.create is false")]
    [InlineData("podDisruptionBudget: {}", "ZD008", "podDisruptionBudget is empty")]
    [InlineData("podDisruptionBudget:\n  maxUnavailable: 0", "ZD009", "podDisruptionBudget.maxUnavailable is 0")]
    [InlineData("image:\n  tag: latest", "ZD010", "image.tag is latest")]
    [InlineData("image: registry.example.com/api", "ZD010", "has no tag")]
    [InlineData("podSecurityContext:\n  runAsUser: 0", "ZD012", "podSecurityContext.runAsUser is 0")]
    [InlineData("securityContext:\n  runAsNonRoot: false", "ZD012", "securityContext.runAsNonRoot is false")]
    public async Task RunAsync_ValuesOnly_FindsWhatIsThereAndWrong(string values, string rule, string message)
    {
        _directory.Write("values.yaml", "# of the service\n" + values + "\n");
        ZeroDowntimeFailedException error = await Assert.ThrowsAsync<ZeroDowntimeFailedException>(() => new ZeroDowntimeCheck(new ManifestSource.Helm(null, "values.yaml")).RunAsync(Context().Context, default));
        ManifestFinding finding = Assert.Single(error.Result.Findings);
        Assert.Equal((rule, "values.yaml"), (finding.Rule, finding.File));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.True(finding.Line > 1 && error.Result.ValuesOnly);
    }

    [Fact]
    public async Task RunAsync_LaterFile_StandsOverEarlier()
    {
        _directory.Write("chart/values.yaml", "replicaCount: 1\nimage:\n  tag: latest\n");
        _directory.Write("prod.yaml", "replicaCount: 3\n");
        RecordingContext context = Context();
        var source = new ManifestSource.Helm("chart", "prod.yaml") { Set = new Dictionary<string, string> { ["image.tag"] = "1.2.3" } };
        ZeroDowntimeResult result = await (new ZeroDowntimeCheck(source) with { HelmProgram = "no-such-helm" }).RunAsync(context.Context, default);
        Assert.Empty(result.Findings);
        Assert.True(result.ValuesOnly);
        Assert.Contains("'no-such-helm' was not found on this machine. The chart can't be rendered: only the conventional keys of its values are checked", context.LogText, StringComparison.Ordinal);
        Assert.StartsWith("values only: no findings, ", context.Fact("zero downtime"), StringComparison.Ordinal);
        Assert.Contains(result.Unknown, one => one.Rule == "ZD011" && one.Message == "the values do not say a memory limit: it is the chart's");
    }

    [Fact]
    public async Task RunAsync_HelmIsThere_ChecksWhatItRenders()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the stand-in for helm is a shell script");
        string helm = _directory.Write("helm", "#!/bin/sh\necho \"$@\" >&2\nprintf 'apiVersion: apps/v1\\nkind: DaemonSet\\nmetadata: { name: agent }\\nspec:\\n  template:\\n    spec:\\n      containers: [{ name: a, image: \"a:latest\" }]\\n'\n");
        File.SetUnixFileMode(helm, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        RecordingContext context = Context();
        var source = new ManifestSource.Helm("chart", "a.yaml", "b.yaml") { Set = new Dictionary<string, string> { ["image.tag"] = "1" } };
        ZeroDowntimeFailedException error = await Assert.ThrowsAsync<ZeroDowntimeFailedException>(() => (new ZeroDowntimeCheck(source) with { HelmProgram = helm }).RunAsync(context.Context, default));
        Assert.Equal(["ZD003", "ZD005", "ZD010", "ZD011", "ZD012"], error.Result.Findings.Select(finding => finding.Rule).Order(StringComparer.Ordinal));
        Assert.Equal("chart (rendered by helm template)", error.Result.Findings[0].File);
        Assert.Contains($"template check {_directory.Path}/chart --values {_directory.Path}/a.yaml --values {_directory.Path}/b.yaml --set-string image.tag=1", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoValues_IsAnError()
    {
        Assert.Contains("There are no values to check", (await Assert.ThrowsAsync<InvalidUsageException>(() => new ZeroDowntimeCheck(new ManifestSource.Helm(null)).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
        _directory.Write("values.yaml", "- a\n");
        Assert.Contains("is no values file", (await Assert.ThrowsAsync<ManifestReadException>(() => new ZeroDowntimeCheck(new ManifestSource.Helm(null, "values.yaml")).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bitnami-external-dns.yaml")]
    [InlineData("bitnami-nginx.yaml")]
    [InlineData("bitnami-postgresql.yaml")]
    [InlineData("bitnami-redis.yaml")]
    [InlineData("prometheus-community-alertmanager.yaml")]
    [InlineData("prometheus-community-prometheus-blackbox-exporter.yaml")]
    [InlineData("prometheus-community-prometheus-node-exporter.yaml")]
    [InlineData("prometheus-community-prometheus-postgres-exporter.yaml")]
    [InlineData("prometheus-community-prometheus-pushgateway.yaml")]
    public async Task RunAsync_ValuesThatPeopleMaintain_AreReadToTheEnd(string name)
    {
        string file = Path.GetFullPath(Path.Combine(SourceTree.Root, "..", "shared", "data", "values", name));
        Assert.SkipUnless(File.Exists(file), "the values files of the shared data are not here");
        ZeroDowntimeResult result;
        try
        {
            result = await new ZeroDowntimeCheck(new ManifestSource.Helm(null, file)).RunAsync(Context().Context, default);
        }
        catch (ZeroDowntimeFailedException error)
        {
            result = error.Result;
        }

        string[] lines = await File.ReadAllLinesAsync(file, TestContext.Current.CancellationToken);
        Assert.NotEmpty(result.Findings.Concat(result.Unknown));
        Assert.All(result.Findings, finding => Assert.InRange(finding.Line!.Value, 1, lines.Length));
        string? replicas = lines.FirstOrDefault(line => line is "replicaCount: 1" or "replicas: 1");
        Assert.Equal(replicas is not null, result.Findings.Any(finding => finding.Rule == "ZD007" && lines[finding.Line!.Value - 1] == replicas));
    }

    private RecordingContext Context() => new(_directory.Path);
}
