using System.Text.Json;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>A pull request's own environment, from the pipeline's run to the command that ends it.</summary>
public sealed class PreviewTests : IDisposable
{
    private const string File = "apps/order-service/values-preview-pr-7.yaml";

    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_PullRequestWithPreviews_DeploysThereAndNowhereElse()
    {
        PullRequest();
        ServiceRun run = await _service.DeployAsync("--sandbox", "--set", "preview.enabled=true");
        run.Ended(0);
        Assert.Contains("order-service gets 'preview-pr-7' for pull request 7", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"The preview of pull request 7: http://127\.0\.0\.1:\d+/preview-pr-7", run.Output);
        Assert.DoesNotContain("does not hear of its preview", run.Output, StringComparison.Ordinal);
        string file = Show(File);
        Assert.Contains($"  tag: \"{_service.Head}-pr.7\"", file, StringComparison.Ordinal);
        Assert.Contains("application: \"order-service-preview-pr-7\"", file, StringComparison.Ordinal);
        Assert.Contains("namespace: \"order-service-preview-pr-7\"", file, StringComparison.Ordinal);
        Assert.DoesNotContain(_service.Head, _service.Manifest(), StringComparison.Ordinal);
        Assert.Contains("preview", run.Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_LivePullRequest_HasThePreviewAndPushesWithoutABranch()
    {
        PullRequest();
        string[] live = ["plan", "--json", "--set", "manifest.repository=https://git.example.com/m.git", "--set", "argocd.server=https://argocd.example.com", "--set", "smoke.url=https://{app}.{environment}.example.com/health", "--set", "preview.url=https://pr-{number}.example.com"];
        using (var off = JsonDocument.Parse((await _service.RunAsync(live)).Output))
        {
            Assert.Contains("deploy staging", Names(off));
            Assert.NotEqual(0, Stage(off, "push image").GetProperty("conditions").GetArrayLength());
        }

        using var on = JsonDocument.Parse((await _service.RunAsync([.. live, "--set", "preview.enabled=true"])).Output);
        Assert.Equal(["test", "scan secrets", "build image", "scan image", "push image", "put up preview-pr-7", "sync preview-pr-7", "smoke preview-pr-7", "announce preview-pr-7"], Names(on));
        Assert.Equal(0, Stage(on, "push image").GetProperty("conditions").GetArrayLength());
        Assert.Contains("https://pr-7.example.com/health", Stage(on, "smoke preview-pr-7").GetRawText(), StringComparison.Ordinal);
        Assert.Contains("comments on pull request 7 of example/order-service", Stage(on, "announce preview-pr-7").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LiveBranch_IsNoPreview()
    {
        using var plan = JsonDocument.Parse((await _service.RunAsync("plan", "--json", "--live", "--set", "preview.enabled=true")).Output);
        Assert.Contains("deploy staging", Names(plan));
    }

    [Fact]
    public async Task Run_LivePullRequestWithoutTokens_SaysWhatToDoAboutForks()
    {
        PullRequest();
        _service.Variables["PIPELINES_MANIFEST_REPOSITORY"] = "https://127.0.0.1:1/manifests.git";
        _service.Variables["PIPELINES_ARGOCD_SERVER"] = "http://127.0.0.1:1";
        _service.Variables["PIPELINES_SMOKE_URL"] = "http://127.0.0.1:1/{environment}/health";
        _service.Variables["PIPELINES_PREVIEW_ENABLED"] = "true";
        (await _service.RunAsync()).Refused(2, "preview.url is not set, and previews are on");
        _service.Variables["PIPELINES_PREVIEW_URL"] = "http://127.0.0.1:1/{environment}";
        (await _service.RunAsync()).Refused(3, "env://MANIFEST_TOKEN", "env://ARGOCD_TOKEN", "pull request 7 was to get one", "no secrets to pull requests of forks", "PIPELINES_PREVIEW_ENABLED=false");
    }

    [Theory]
    [InlineData("smoke", "smoke preview-pr-7")]
    [InlineData("argocd-degraded", "sync preview-pr-7")]
    public async Task Up_DoesNotProveItself_IsRemovedAgain(string fault, string stage)
    {
        ServiceRun run = await _service.DeployUpAsync("--number", "7", "--sandbox-fault", fault, "--set", "smoke.timeout=1s");
        run.Ended(1);
        Assert.Contains($"{stage} failed", run.Output, StringComparison.Ordinal);
        Assert.Matches("The preview of pull request 7 is removed .*and Argo CD has its application no more", run.Output);
        Assert.False(Exists(File));
    }

    [Fact]
    public async Task Up_SecondVersionFails_GoesBackToTheFirst()
    {
        (await _service.DeployUpAsync("--number", "7")).Ended(0);
        string before = Show(File), first = _service.Head + "-pr.7";
        _service.Commit("Second");
        ServiceRun run = await _service.DeployUpAsync("--number", "7", "--sandbox-fault", "smoke", "--set", "smoke.timeout=1s");
        run.Ended(1);
        Assert.Matches($"The preview of pull request 7 is back at {first} .*it answers with 200", run.Output);
        Assert.Equal(before, Show(File));
    }

    [Fact]
    public async Task Commands_FromUpToDown_ShowTheWholeLife()
    {
        (await _service.RunAsync("preview", "up")).Refused(2, "Which pull request is meant is not known", "preview up --number 123");
        (await _service.RunAsync("preview", "list")).Refused(2, "Nothing was deployed in the sandbox of this checkout yet.");
        (await _service.DeployUpAsync("--number", "7")).Ended(0);
        string first = _service.Head + "-pr.7";
        ServiceRun again = await _service.DeployUpAsync("--number", "7");
        again.Ended(0);
        Assert.Contains($"The preview of pull request 7 runs {first} already", again.Output, StringComparison.Ordinal);
        string second = _service.Commit("Second") + "-pr.7";
        ServiceRun update = await _service.DeployUpAsync("--number", "7");
        update.Ended(0);
        Assert.Contains($"'preview-pr-7' goes from {first} to {second}", update.Output, StringComparison.Ordinal);
        (await _service.DeployUpAsync("--number", "12")).Ended(0);

        ServiceRun list = await _service.RunAsync("preview", "list");
        list.Ended(0);
        Assert.Matches($@"^7: {second}\n  since .* by unknown, run .*\n  address  http://127\.0\.0\.1:?\d*.*preview-pr-7\n  request  not known\n12: {second[..^1]}12", list.Output);
        Assert.Contains("2 of at most 10", list.Output, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse((await _service.RunAsync("preview", "list", "--json")).Output))
            Assert.Equal((7, "preview-pr-7", second, JsonValueKind.Null), (json.RootElement[0].GetProperty("number").GetInt32(), json.RootElement[0].GetProperty("environment").GetString(), json.RootElement[0].GetProperty("tag").GetString(), json.RootElement[0].GetProperty("leftover").ValueKind));

        ServiceRun down = await _service.RunAsync("preview", "down", "--number", "7");
        down.Ended(0);
        Assert.Matches("The preview of pull request 7 of order-service is removed .*, and Argo CD has its application no more", down.Output);
        Assert.Equal((false, true), (Exists(File), Exists("apps/order-service/values-preview-pr-12.yaml")));
        ServiceRun none = await _service.RunAsync("preview", "down", "--number", "7");
        none.Ended(0);
        Assert.Contains("Pull request 7 of order-service has no preview, so nothing was removed. There are those of 12.", none.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_NobodyChangedItForLong_IsRemovedAndOthersStay()
    {
        (await _service.DeployUpAsync("--number", "7")).Ended(0);
        (await _service.DeployUpAsync("--number", "12")).Ended(0);
        ServiceRun none = await _service.RunAsync("preview", "clean");
        none.Ended(0);
        Assert.Equal("No preview is left over.", none.Output.Trim());
        Replace(File, System.Text.RegularExpressions.Regex.Replace(Show(File), "\"updated\":\"[^\"]*\"", "\"updated\":\"2020-01-02T03:04:05Z\""));

        Assert.Contains("left over: nobody has changed it for more than 168 h", (await _service.RunAsync("preview", "list")).Output, StringComparison.Ordinal);
        ServiceRun dry = await _service.RunAsync("preview", "clean", "--dry-run");
        dry.Ended(0);
        Assert.Contains("7 would be removed: nobody has changed it", dry.Output, StringComparison.Ordinal);
        Assert.True(Exists(File));
        ServiceRun clean = await _service.RunAsync("preview", "clean");
        clean.Ended(0);
        Assert.Matches("The preview of pull request 7 of order-service is removed, since nobody has changed it for more than 168 h .*, and Argo CD has its application no more", clean.Output);
        Assert.Equal((false, true), (Exists(File), Exists("apps/order-service/values-preview-pr-12.yaml")));
    }

    [Fact]
    public async Task Up_TemplateOfTheService_IsUsed()
    {
        _service.Write("deploy/preview.yaml", "ingress:\n  host: \"{host}\"\n  pr: \"{number}\"\nimage:\n  tag: none # the pipeline's\n");
        _service.Commit("Template");
        (await _service.DeployUpAsync("--number", "7", "--set", "preview.template=./deploy/preview.yaml")).Ended(0);
        Assert.EndsWith($"ingress:\n  host: \"127.0.0.1\"\n  pr: \"7\"\nimage:\n  tag: {_service.Head}-pr.7 # the pipeline's\n", Show(File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Up_TooMany_NamesTheOldest()
    {
        (await _service.DeployUpAsync("--number", "7")).Ended(0);
        ServiceRun refused = await _service.DeployUpAsync("--number", "8", "--set", "preview.limit=1");
        refused.Ended(1);
        Assert.Contains("There are 1 previews of order-service already, and preview.limit is 1", refused.Output, StringComparison.Ordinal);
        Assert.Contains("preview down --number 7", refused.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Process_UpListDown_WorkFromTheCommandLine()
    {
        (int up, string said) = await ServiceProcess.RunAsync(_service, "deploy", "preview", "up", "--number", "7");
        Assert.True(up == 0, said);
        Assert.Contains("The preview of pull request 7: http://127.0.0.1:", said, StringComparison.Ordinal);
        (int list, string listed) = await ServiceProcess.RunAsync(_service, "deploy", "preview", "list", "--json");
        Assert.True(list == 0, listed);
        Assert.Contains($"\"tag\": \"{_service.Head}-pr.7\"", listed, StringComparison.Ordinal);
        (int down, string gone) = await ServiceProcess.RunAsync(_service, "deploy", "preview", "down", "--number", "7");
        Assert.True(down == 0, gone);
        Assert.Contains("Argo CD has its application no more", gone, StringComparison.Ordinal);
        Assert.False(Exists(File));
    }

    private void PullRequest()
    {
        _service.Variables["GITHUB_ACTIONS"] = "true";
        _service.Variables["GITHUB_REF"] = "refs/pull/7/merge";
        _service.Variables["GITHUB_REPOSITORY"] = "example/order-service";
    }

    private string Show(string file) => _service.Git("--git-dir", Manifests, "show", "main:" + file);

    private bool Exists(string file) => _service.Git("--git-dir", Manifests, "ls-tree", "main", "--", file).Length > 0;

    private string Manifests => _service.In(".pipelines/sandbox/manifests.git");

    /// <summary>Commits another content, as somebody with a clone would.</summary>
    private void Replace(string file, string content)
    {
        string clone = _service.In(".pipelines/clone");
        _service.Git("clone", "-q", Manifests, clone);
        System.IO.File.WriteAllText(Path.Combine(clone, file), content);
        _service.Git("-C", clone, "-c", "user.name=T", "-c", "user.email=t@example.com", "commit", "-qam", "by hand");
        _service.Git("-C", clone, "push", "-q", "origin", "HEAD:main");
    }

    private static string[] Names(JsonDocument plan) => [.. plan.RootElement.GetProperty("stages").EnumerateArray().Select(stage => stage.GetProperty("name").GetString()!)];

    private static JsonElement Stage(JsonDocument plan, string name) => plan.RootElement.GetProperty("stages").EnumerateArray().First(stage => stage.GetProperty("name").GetString() == name);
}
