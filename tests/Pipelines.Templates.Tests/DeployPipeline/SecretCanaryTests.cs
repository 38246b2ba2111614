using Pipelines.Sandbox;

namespace Pipelines.Templates.Tests.Deploy;

public sealed class SecretCanaryTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData(null, 0)]
    [InlineData("smoke", 1)]
    [InlineData("argocd-degraded", 1)]
    [InlineData("push-conflict", 0)]
    [InlineData("registry", 1)]
    [InlineData("slack", 0)]
    public async Task RunAsync_WholeDeploy_LeaksNothing(string? fault, int exitCode)
    {
        CanaryReport report = await SecretCanary.RunAsync(_service.Pipeline, _service.Path, [.. fault is null ? [] : (string[])["--sandbox-fault", fault], "--set", "image.builder=assembler"]);
        report.EnsureClean();
        Assert.True(report.ExitCode == exitCode, report.Output);
        Assert.Contains("the Slack token", report.Secrets);
        Assert.True(report is { Files: > 10, Processes: > 5, Requests: > 5 }, report.ToString());
    }
}
