using System.Text.Json;
using Pipelines.Core;
using Pipelines.Sandbox;

namespace Pipelines.Templates.Tests.Deploy;

public sealed class SandboxDeployTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_ThreeTimes_DeploysOnceThenNothingThenTheNextCommit()
    {
        string first = _service.Head;
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains($"goes from none to {first}", run.Output, StringComparison.Ordinal);
        Assert.Contains($"tag:   '{first}'   # set by the pipeline\n", _service.Manifest(), StringComparison.Ordinal);

        run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains("already deployed", run.Output, StringComparison.Ordinal);
        Assert.Contains("nothing is built, that image is used", run.Output, StringComparison.Ordinal);

        string second = _service.Commit("Second");
        run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains($"goes from {first} to {second}", run.Output, StringComparison.Ordinal);

        string[] commits = _service.ManifestLog("--format=%s", "--numstat", "--max-count=4").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(
            [
                $"ci: update order-service to {second} [skip ci]", $"1\t1\t{Service.ProdManifestFile}",
                $"ci: update order-service to {second} [skip ci]", $"1\t1\t{Service.ManifestFile}",
                $"ci: update order-service to {first} [skip ci]", $"1\t1\t{Service.ProdManifestFile}",
                $"ci: update order-service to {first} [skip ci]", $"1\t1\t{Service.ManifestFile}",
            ],
            commits);
    }

    [Fact]
    public async Task Run_Done_SummaryTellsWhatRunsWhereAndWhatWasStoodInFor()
    {
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        foreach (string part in (string[])["order\\-service: succeeded", "staging", _service.Head, "image builder", "the sandbox's assembler", "1 passed", "smoke test"])
            Assert.Contains(part.Replace("\\-", "-", StringComparison.Ordinal), run.Summary.Replace("\\", "", StringComparison.Ordinal), StringComparison.Ordinal);
        foreach (string file in (string[])["events.jsonl", "junit.xml", "report.html"])
            Assert.NotEmpty(run.Read(file));
        Assert.Contains(Directory.GetFiles(Path.Combine(run.Folder!, "logs")), file => file.EndsWith("-deploy-staging.log", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Run_UncommittedChanges_AreToldAndTagged()
    {
        _service.Write("app/new.py", "pass\n");
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains("There are uncommitted changes", run.Output, StringComparison.Ordinal);
        Assert.Contains("app/new.py", run.Output, StringComparison.Ordinal);
        Assert.Matches($"'{_service.Head}-dirty\\.[0-9a-f]+'", _service.Manifest());
    }

    [Fact]
    public async Task Run_Stage_RunsItAndWhatItNeeds()
    {
        ServiceRun run = await _service.DeployAsync("--stage", "scan image", "--output", "json");
        run.Ended(0);
        string[] started = [.. run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonDocument.Parse(line).RootElement)
            .Where(line => line.GetProperty("event").GetString() == "stage-started").Select(line => line.GetProperty("stage").GetString()!)];
        Assert.Equal(["build image", "scan image"], started);
        Assert.DoesNotContain(_service.Head, _service.Manifest(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SecretInTheSources_IsStoppedBeforeThePush()
    {
        _service.Write("app/config.py", $"TOKEN = 'ghp_{"q7Zr1Tn4Kc9Wd2Xs6Lf8" + "Bv3Hm5Jp0GyYtRw2"}'\n");
        string commit = _service.Commit("Oops");
        ServiceRun run = await _service.DeployAsync();
        run.Ended(1);
        Assert.Contains("1 secret is in the sources", run.All, StringComparison.Ordinal);
        Assert.Contains("app/config.py:1", run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("q7Zr1Tn4", run.All, StringComparison.Ordinal);
        Assert.Contains("push image", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(commit, _service.Manifest(), StringComparison.Ordinal);

        _service.Write("secret-scan-ignore.yaml", "- rule: github-token\n  path: app/config.py\n  reason: revoked; the history cannot be changed\n");
        _service.Commit("Allowed");
        (await _service.DeployAsync()).Ended(0);
    }

    [Fact]
    public async Task Run_Slack_IsOneMessageUpdatedInPlace()
    {
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        JsonElement[] calls = Slack();
        Assert.Single(calls, call => call.GetProperty("call").GetString() == "chat.postMessage");
        Assert.True(calls.Length > 1);
        Assert.Single(calls.Select(call => call.GetProperty("ts").GetString()).Distinct());
        string last = calls[^1].GetRawText();
        foreach (string part in (string[])["order-service", "staging", _service.Head, _service.Head[..10], "Duration", Service.Channel])
            Assert.Contains(part, last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SmokeFails_SlackNamesTheFailedStage()
    {
        (await _service.DeployAsync("--sandbox-fault", "smoke", "--set", "smoke.timeout=1s")).Ended(1);
        string last = Slack()[^1].GetRawText();
        Assert.Contains("smoke staging", last, StringComparison.Ordinal);
        Assert.Contains("failed", last, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_Secrets_AreInNoFileOfTheRunAndNotOnTheConsole()
    {
        var spy = new SecretSpy(_service.Pipeline);
        _service.Pipeline = spy;
        ServiceRun run = await _service.DeployAsync("--sandbox-fault", "argocd-degraded,slack");
        run.Ended(1);
        Assert.Equal(5, spy.Values.Count);
        foreach (string value in spy.Values)
        {
            Assert.DoesNotContain(value, run.All, StringComparison.Ordinal);
            foreach (string file in Directory.EnumerateFiles(run.Folder!, "*", SearchOption.AllDirectories))
                Assert.DoesNotContain(value, File.ReadAllText(file), StringComparison.Ordinal);
        }
    }

    private JsonElement[] Slack() => [.. File.ReadLines(_service.In(".pipelines/sandbox/slack.jsonl")).Select(line => JsonDocument.Parse(line).RootElement)];

    /// <summary>Reads the sandbox's secrets while the pipeline is made.</summary>
    private sealed class SecretSpy(PipelineTemplate inner) : PipelineTemplate
    {
        public List<string> Values { get; } = [];

        public override string Name => inner.Name;

        public override SettingsSchema Schema => inner.Schema;

        public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
        {
            PipelinePlan plan = await inner.BuildAsync(context, cancellationToken);
            LocalSandbox sandbox = context.Owned.OfType<LocalSandbox>().Single();
            Values.AddRange(new[] { sandbox.ArgoCdToken, sandbox.EcrAccessKeyId, sandbox.EcrSecretAccessKey, sandbox.SlackToken, sandbox.RegistryPassword }.Select(secret => secret.Reveal()));
            return plan;
        }
    }
}
