using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Canary;

public sealed class SecretCanaryTests : IDisposable
{
    private static readonly string[] s_everyStore = ["env://DATABASE_URL", "file:///run/secrets/token", "aws-sm://prod/stripe#key", "aws-ssm:///prod/order-service/db", "vault://secret/prod/smtp#password"];

    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task RunAsync_EveryStoreAndEveryWayToAProcess_LeaksNothing()
    {
        var pipeline = new PipelineBuilder("own");
        foreach (string reference in s_everyStore)
        {
            pipeline.Add($"use {reference}", async (context, cancellationToken) =>
            {
                Secret secret = await context.Secrets.GetAsync(SecretReference.Parse(reference), cancellationToken);
                context.Log.Info($"read {secret}");
                await DummyTool.Command("environment", "GIVEN").WithEnvironment("GIVEN", secret).RunAsync(context, cancellationToken); // it prints what it got
                await DummyTool.Command("echo-input").WithInput(secret).RunAsync(context, cancellationToken);
                await DummyTool.Command("read-file", "$GIVEN_FILE").WithSecretFile("GIVEN_FILE", secret).RunAsync(context, cancellationToken);
            });
        }

        CanaryReport report = await SecretCanary.RunAsync(pipeline.Build(), _folder.Path, s_everyStore);
        report.EnsureClean();
        Assert.True(report.ExitCode == 0, report.Output);
        Assert.True(report.Processes >= 15, report.ToString());
        Assert.All(s_everyStore, reference => Assert.Contains(reference, report.Secrets));
        Assert.Contains("***", report.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_StageThatWritesASecretDown_IsFoundInTheFile()
    {
        var pipeline = new PipelineBuilder("leaky");
        pipeline.Add("write it down", async (context, cancellationToken) =>
        {
            Secret secret = await context.Secrets.GetAsync(SecretReference.Parse("env://TOKEN"), cancellationToken);
            await new Command("sh", "-c", "printf %s \"$TOKEN\" | base64 -w0 > .pipelines/left-behind").WithEnvironment("TOKEN", secret).RunAsync(context, cancellationToken);
        });
        CanaryReport report = await SecretCanary.RunAsync(pipeline.Build(), _folder.Path, ["env://TOKEN"]);
        SecretLeakException error = Assert.Throws<SecretLeakException>(report.EnsureClean);
        SecretLeak leak = Assert.Single(error.Leaks);
        Assert.Equal(("env://TOKEN", "base64"), (leak.Secret, leak.Form));
        Assert.EndsWith("left-behind", leak.Where, StringComparison.Ordinal);
    }
}
