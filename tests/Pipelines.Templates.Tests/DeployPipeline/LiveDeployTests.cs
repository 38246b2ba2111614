using System.Diagnostics;
using System.Text.Json;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>The default chain as a live run goes through it, by settings alone: metrics, migrations, and an approval that a person signs elsewhere.</summary>
public sealed class LiveDeployTests : IDisposable
{
    private static readonly Dictionary<string, string> s_local = [];

    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_SignedApproval_BringsTheProvenDigestToProd()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "trivy's stand-in is a shell script");
        await using LiveDeploy live = await LiveDeploy.StartAsync(_service);
        using Process run = live.Start(s_local, "run", "--set", "approval.methods=signature");
        string waiting = await UntilAsync(run.StandardOutput, "Waiting until");
        Assert.Contains(_service.Head, _service.Manifest(), StringComparison.Ordinal);
        Assert.DoesNotContain(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
        Assert.False(File.Exists(_service.In(".pipelines/migrated-prod")), "prod's database was touched before anybody approved");
        await ApproveAsync(live);
        (int exitCode, string output) = await ServiceProcess.EndAsync(run);

        Assert.True(exitCode == 0, waiting + output);
        foreach (string stage in (string[])["migrate staging", "observe staging", "approve prod", "migrate prod", "deploy prod", "observe prod", "record prod"])
            Assert.Matches($"{stage} +✓ succeeded", output);
        Assert.Contains(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
        string commit = _service.ManifestLog("-1", "--format=%B");
        foreach (string trailer in (string[])["Environment: prod", $"Approved-By: {LiveDeploy.Ann}", "Proven-In: staging"])
            Assert.Contains(trailer, commit, StringComparison.Ordinal);
        Assert.Equal("postgres://of-staging\n", File.ReadAllText(_service.In(".pipelines/migrated-staging")));
        Assert.Equal("postgres://of-prod\n", File.ReadAllText(_service.In(".pipelines/migrated-prod")));
    }

    [Fact]
    public async Task Run_NobodyCanApproveOnThisHost_EndsWellAndPromoteGoesOn()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "trivy's stand-in is a shell script");
        await using LiveDeploy live = await LiveDeploy.StartAsync(_service);
        var gitLab = new Dictionary<string, string> { ["CI"] = "true", ["GITLAB_CI"] = "true", ["CI_COMMIT_BRANCH"] = "main", ["CI_COMMIT_SHA"] = _service.Head };
        (int exitCode, string output) = await live.RunAsync(gitLab, "run", "--set", "approval.methods=host");
        Assert.True(exitCode == 0, output);
        Assert.Contains($"waiting for a human: 'staging' runs order-service {_service.Head} and has proven it; approve it for 'prod' by: dotnet run --project build -- promote --from staging --to prod", output, StringComparison.Ordinal);
        Assert.Contains("CI_JOB_MANUAL is not 'true'", output, StringComparison.Ordinal);
        Assert.Contains(_service.Head, _service.Manifest(), StringComparison.Ordinal);
        Assert.DoesNotContain(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
        Assert.False(File.Exists(_service.In(".pipelines/migrated-prod")), output);

        (exitCode, output) = await live.RunAsync(gitLab, "promote", "--set", "approval.methods=host");
        Assert.True(exitCode != 0, output); // somebody asked for it, so that nobody being there is a failure
        (exitCode, output) = await live.RunAsync(new Dictionary<string, string>(gitLab) { ["CI_JOB_MANUAL"] = "true", ["GITLAB_USER_LOGIN"] = LiveDeploy.Ann }, "promote", "--set", "approval.methods=host");
        Assert.True(exitCode == 0, output);
        Assert.Contains(_service.Head, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
        Assert.Contains($"Approved-By: {LiveDeploy.Ann}", _service.ManifestLog("-1", "--format=%B"), StringComparison.Ordinal);
        Assert.True(File.Exists(_service.In(".pipelines/migrated-prod")), output);
    }

    private static async Task ApproveAsync(LiveDeploy live)
    {
        (int exitCode, string output) = await live.RunAsync(s_local, "approve", "--list", "--json");
        Assert.True(exitCode == 0, output);
        using var waiting = JsonDocument.Parse(output);
        string digest = waiting.RootElement[0].GetProperty("digest").GetString()!;
        (exitCode, output) = await live.RunAsync(s_local, "approve", "--env", "prod", "--digest", digest, "--key", live.Key, "--as", LiveDeploy.Ann, "--reason", "the dashboards are fine");
        Assert.True(exitCode == 0, output);
    }

    private static async Task<string> UntilAsync(StreamReader output, string text)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(120));
        string all = "";
        while (await output.ReadLineAsync(limit.Token) is { } line)
        {
            all += line + "\n";
            if (line.Contains(text, StringComparison.Ordinal))
                return all;
        }

        Assert.Fail($"it ended without '{text}'\n{all}");
        return all;
    }
}
