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
    [InlineData("metrics", 1)]
    [InlineData("metrics-inconclusive", 1)]
    public async Task RunAsync_WholeDeploy_LeaksNothing(string? fault, int exitCode)
    {
        CanaryReport report = await SecretCanary.RunAsync(_service.Pipeline, _service.Path, [.. fault is null ? [] : (string[])["--sandbox-fault", fault], "--set", "image.builder=assembler"]);
        report.EnsureClean();
        Assert.True(report.ExitCode == exitCode, report.Output);
        Assert.Contains("the Slack token", report.Secrets);
        Assert.Contains("the Argo CD token", report.Secrets);
        Assert.Contains("the Prometheus token", report.Secrets);
        Assert.True(report is { Files: > 10, Processes: > 5, Requests: > 5 }, report.ToString());
    }

    [Theory]
    [InlineData("aws-sm://canary/{environment}/{app}#token", "vault://secret/canary/slack#token")]
    [InlineData("aws-ssm:///canary/{environment}/token", "aws-sm://canary/slack")]
    [InlineData("file:///run/secrets/argocd", "env://SLACK_TOKEN_OF_THE_TEAM")]
    [InlineData("vault://secret/canary/argocd?version=7#token", "aws-ssm:///canary/slack?version=2")]
    public async Task RunAsync_SecretsFromEveryStore_LeaksNothing(string argoCd, string slack)
    {
        CanaryReport report = await SecretCanary.RunAsync(_service.Pipeline, _service.Path, "--set", "image.builder=assembler", "--set", $"argocd.token={argoCd}", "--set", $"slack.token={slack}");
        report.EnsureClean();
        Assert.True(report.ExitCode == 0, report.Output);
    }
}
