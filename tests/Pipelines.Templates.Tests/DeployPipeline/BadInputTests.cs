using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>What people get wrong, and that the message says what to do about it.</summary>
public sealed class BadInputTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Theory]
    [InlineData("", "app is empty.", "such as \"order-service\"")]
    [InlineData("Order Service", "app 'Order Service' is no name for Kubernetes.", "lower-case letters, digits and dashes")]
    [InlineData("9lives", "app '9lives' is no name for Kubernetes.", "starting with a letter")]
    [InlineData("a-name-that-is-much-longer-than-any-release-of-helm-may-be-called", "characters; Helm and Kubernetes take 53", "Shorten it")]
    public async Task Run_WrongApp_IsRefused(string app, string what, string advice)
    {
        _service.Pipeline = new DeployPipeline(app, Service.EcrRepo, Service.Channel);
        (await _service.RunAsync()).Refused(2, what, advice);
        Assert.Empty(_service.Runs);
    }

    [Theory]
    [InlineData("", "ecrRepo is empty", "such as 123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service")]
    [InlineData("https://registry.example.com/app", "has a scheme", "Write it without")]
    [InlineData("registry.example.com/app:latest", "has a tag or digest", "Write 'registry.example.com/app': the tag is the commit")]
    [InlineData("order-service", "has no registry host", "Write it whole")]
    [InlineData("registry.example.com/App", "is no image repository", "")]
    public async Task Run_WrongRepository_IsRefused(string repository, string what, string advice)
    {
        _service.Pipeline = new DeployPipeline(Service.App, repository, Service.Channel);
        (await _service.RunAsync()).Refused(2, what, advice);
    }

    [Fact]
    public async Task Run_RepositoryWithCredentials_DoesNotRepeatThem()
    {
        _service.Pipeline = new DeployPipeline(Service.App, "https://user:hunter22@registry.example.com/app", Service.Channel);
        ServiceRun run = await _service.RunAsync();
        run.Refused(2, "has a scheme");
        Assert.DoesNotContain("hunter22", run.All, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("orders-team", "has no #. Write \"#orders-team\"")]
    [InlineData("", "slackChannel is empty")]
    [InlineData("#Orders Team", "is no channel name")]
    public async Task Run_WrongChannel_IsRefused(string channel, string what)
    {
        _service.Pipeline = new DeployPipeline(Service.App, Service.EcrRepo, channel);
        (await _service.RunAsync()).Refused(2, what);
    }

    [Fact]
    public async Task Run_AllThreeArgumentsWrong_IsOneError()
    {
        _service.Pipeline = new DeployPipeline("X", "app", "team");
        (await _service.RunAsync()).Refused(2, "for 3 reasons", "app 'X'", "ecrRepo 'app'", "slackChannel 'team'");
    }

    [Fact]
    public async Task Run_UnknownStage_OffersTheNearest() =>
        (await _service.DeployAsync("--stage", "smok staging")).Refused(2, "there is no stage 'smok staging'. Did you mean 'smoke staging'?", "'build image'", "-- plan");

    [Fact]
    public async Task Run_UnknownFault_OffersTheNearest() =>
        (await _service.DeployAsync("--sandbox-fault", "smke")).Refused(2, "The sandbox knows no fault 'smke'.", "Did you mean 'smoke'?", "argocd-degraded");

    [Fact]
    public async Task Run_SeveralWrongSettings_AreOneError()
    {
        _service.Variables["PIPELINES_SMOKE_TIMEUOT"] = "1s";
        _service.Variables["PIPELINES_SMOKE_STATUS"] = "ok";
        _service.Write("pipeline.yaml", "argocd:\n  timeout: soon\nmanifst:\n  branch: main\n");
        ServiceRun run = await _service.RunAsync("--set", "scan.fail-on=hgh", "--set", "image.platfrom=x");
        run.Refused(
            2,
            "6 settings are wrong.",
            "argocd.timeout (pipeline.yaml:2): 'soon' is no duration. Write 90s, 10m, 1h30m",
            "pipeline.yaml:4: there is no setting 'manifst.branch'. Did you mean 'manifest.branch'?",
            "PIPELINES_SMOKE_TIMEUOT: no setting has this variable. Did you mean 'PIPELINES_SMOKE_TIMEOUT'?",
            "smoke.status (PIPELINES_SMOKE_STATUS): 'ok' is no whole number from 100 to 599",
            "scan.fail-on (--set): 'hgh' is none of low, medium, high, critical. Did you mean 'high'?",
            "--set: there is no setting 'image.platfrom'. Did you mean 'image.platform'?",
            "-- settings");
        Assert.Empty(_service.Runs);
    }

    [Theory]
    [InlineData("environment: [a", "pipeline.yaml:", "this is no valid YAML")]
    [InlineData("environment: a\nenvironment: b\n", "pipeline.yaml:2: 'environment' stands there twice.", "")]
    [InlineData("environment:\n  - a\n", "pipeline.yaml:1: 'environment' is a list or an alias. A setting has one value.", "")]
    [InlineData("- environment\n", "pipeline.yaml:1: settings are keys with values", "")]
    [InlineData("just text\n", "pipeline.yaml:1: settings are keys with values", "")]
    [InlineData("smoke:\n  url:\n", "smoke.url (pipeline.yaml:2): it has no value.", "leave the key away")]
    public async Task Run_BrokenPipelineYaml_NamesTheLine(string text, string what, string advice)
    {
        _service.Write("pipeline.yaml", text);
        (await _service.RunAsync()).Refused(2, what, advice);
    }

    [Theory]
    [InlineData("manifest.token=ghp_0123456789abcdefABCDEF", "ghp_0123456789abcdefABCDEF", "This is no secret reference.")]
    [InlineData("slack.webhook=https://hooks.example.com/services/T0/B0/XXXXXXXX", "XXXXXXXX", "write its reference, such as env://NAME")]
    [InlineData("manifest.repository=https://user:hunter22@git.example.com/m.git", "hunter22", "set manifest.token to where the token is kept")]
    [InlineData("argocd.server=https://user:hunter22@argocd.example.com", "hunter22", "Take it out")]
    [InlineData("argocd.server=ftp://user:hunter22@argocd.example.com", "hunter22", "is no http or https address")]
    [InlineData("smoke.url=https://user:hunter22@app.example.com/health", "hunter22", "Take it out")]
    [InlineData("ghp_0123456789abcdefABCDEF", "ghp_0123456789abcdefABCDEF", "Write --set key=value")]
    public async Task Run_SecretInTheWrongPlace_IsNotRepeated(string assignment, string secret, string advice)
    {
        foreach (string[] arguments in (string[][])[["--set", assignment], ["settings", "--set", assignment], ["doctor", "--set", assignment]])
        {
            ServiceRun run = await _service.RunAsync(arguments);
            Assert.NotEqual(0, run.ExitCode);
            Assert.Contains(advice, run.All, StringComparison.Ordinal);
            Assert.DoesNotContain(secret, run.All, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Run_NoGitRepository_SaysHowToMakeOne()
    {
        using var service = new Service(committed: false);
        (await service.RunAsync()).Refused(2, "This folder is in no git repository", "git init");
    }

    [Fact]
    public async Task Run_NoCommitYet_SaysHowToMakeOne()
    {
        using var service = new Service(committed: false);
        service.Git("init", "--quiet");
        (await service.RunAsync()).Refused(2, "This repository has no commit yet", "git commit");
    }

    [Fact]
    public async Task Run_DetachedHead_TheHostNamesTheBranchOrTheStageIsSkipped()
    {
        _service.Git("checkout", "--quiet", "--detach");
        var pipeline = new PipelineBuilder("detached");
        pipeline.Add("only main", (context, _) =>
        {
            context.Log.Info("it ran");
            return Task.CompletedTask;
        }).When(Condition.Branch("main"));
        _service.Pipeline = new Core.Cli.PlanTemplate(pipeline.Build());
        ServiceRun run = await _service.RunAsync();
        run.Ended(0);
        Assert.Contains("skipped", run.Output, StringComparison.Ordinal);
        Assert.Contains("branch is main", run.Output, StringComparison.Ordinal);

        _service.Variables["GITHUB_ACTIONS"] = "true";
        _service.Variables["GITHUB_REF_NAME"] = "main";
        _service.Variables["GITHUB_REF"] = "refs/heads/main";
        _service.Variables["GITHUB_REF_TYPE"] = "branch";
        run = await _service.RunAsync();
        run.Ended(0);
        Assert.Contains("it ran", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LiveWithUncommittedChanges_IsRefused()
    {
        Live();
        _service.Write("app/new.py", "");
        (await _service.RunAsync("--live")).Refused(2, "a live run deploys commits only", "app/new.py", "git stash --include-untracked");
    }

    [Fact]
    public async Task Run_NoDockerfile_SaysWhichSettingNamesIt()
    {
        File.Delete(_service.In("Dockerfile"));
        ServiceRun run = await _service.DeployAsync();
        Assert.Contains(run.ExitCode, (int[])[1, 2]);
        Assert.Contains("Dockerfile", run.Output, StringComparison.Ordinal);
        Assert.Contains("→ ", run.Output, StringComparison.Ordinal);
        Assert.Contains("staging: not touched", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_NoTests_FailsAndNothingIsDeployed()
    {
        Directory.Delete(_service.In("tests"), recursive: true);
        _service.Write("requirements.txt", "");
        ServiceRun run = await _service.DeployAsync();
        run.Ended(1);
        Assert.Contains("✗ test failed", run.Output, StringComparison.Ordinal);
        Assert.Contains("staging: not touched", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_LiveWithoutSettings_NamesAllThreeAndWhereToSetThem() =>
        (await _service.RunAsync("--live")).Refused(
            2, "3 settings are wrong.", "manifest.repository is not set", "PIPELINES_MANIFEST_REPOSITORY", "argocd.server is not set", "--set argocd.server=", "smoke.url is not set");

    [Fact]
    public async Task Run_LiveArgoCdOverPlainHttp_IsRefusedBeforeTheTokenTravels() =>
        (await _service.RunAsync("--live", "--set", "argocd.server=http://argocd.example.com", "--set", "manifest.repository=https://git.example.com/m.git", "--set", "smoke.url=https://app.example.com/health"))
            .Refused(2, "argocd.server is plain http", "Use https");

    [Fact]
    public async Task Run_OnACiSystemWithoutSettings_SaysWhyItIsLiveAndHowItWouldNotBe()
    {
        _service.Variables["CI"] = "true";
        (await _service.RunAsync()).Refused(2, "manifest.repository is not set", "live because it is on a CI system", "--sandbox");
    }

    [Fact]
    public async Task Run_LiveWithoutTokens_NamesAllBeforeAnythingStarts()
    {
        Live();
        ServiceRun run = await _service.RunAsync("--live");
        run.Refused(3, "2 secrets that this run needs were not found, so nothing was started.", "env://MANIFEST_TOKEN", "env://ARGOCD_TOKEN", "doctor --live");
        Assert.DoesNotContain("started", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_LiveAndNothingReachable_SaysSoWithinItsTime()
    {
        Live();
        _service.Variables["MANIFEST_TOKEN"] = "mt-0123456789";
        _service.Variables["ARGOCD_TOKEN"] = "at-0123456789";
        _service.Pipeline = new DeployPipeline(Service.App, "127.0.0.1:1/order-service", Service.Channel);
        ServiceRun run = await _service.RunAsync("doctor", "--live");
        run.Ended(3);
        Assert.Matches("MISSING +registry +http://127.0.0.1:1 cannot be reached", run.Output);
        Assert.Matches("MISSING +argocd.server +http://127.0.0.1:1 cannot be reached", run.Output);
        Assert.Matches("MISSING +manifest.repository +Git could not reach", run.Output);
        Assert.Matches("note +slack", run.Output);
        Assert.DoesNotContain("mt-0123456789", run.All, StringComparison.Ordinal);
        Assert.DoesNotContain("at-0123456789", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_TwoAtOnce_TheSecondIsRefusedAndTheFirstGoesOn()
    {
        var started = new TaskCompletionSource();
        var goOn = new TaskCompletionSource();
        var pipeline = new PipelineBuilder("two");
        pipeline.Add("long", async (_, _) =>
        {
            started.SetResult();
            await goOn.Task;
        });
        _service.Pipeline = new Core.Cli.PlanTemplate(pipeline.Build());
        Task<ServiceRun> first = _service.RunAsync();
        await started.Task;
        ServiceRun second = await _service.RunAsync();
        second.Refused(2, "Another run is at work in this checkout", $"process {Environment.ProcessId}", "git worktree add");
        Assert.Single(_service.Runs);
        goOn.SetResult();
        (await first).Ended(0);
        (await _service.RunAsync("plan")).Ended(0);
    }

    [Fact]
    public async Task Run_FolderCannotBeMade_IsRefused()
    {
        _service.Write(".pipelines", "a file where the folder should be");
        (await _service.DeployAsync()).Refused(2, "The folder of the run cannot be written, so nothing was started.", ".pipelines", "Free some space");
    }

    [Fact]
    public async Task Run_SummaryOnAFullDisk_IsAWarning()
    {
        Assert.SkipUnless(File.Exists("/dev/full"), "there is no /dev/full here");
        _service.Variables["GITHUB_ACTIONS"] = "true";
        _service.Variables["GITHUB_STEP_SUMMARY"] = "/dev/full";
        ServiceRun run = await _service.DeployAsync("--sandbox");
        run.Ended(0);
        Assert.Contains("No space left", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_DurationsCannotBeKept_IsAWarning()
    {
        Directory.CreateDirectory(_service.In(".pipelines/durations.tsv"));
        ServiceRun run = await _service.DeployAsync();
        run.Ended(0);
        Assert.Contains("could not be kept for the next run", run.Output, StringComparison.Ordinal);
    }

    private void Live()
    {
        _service.Variables["PIPELINES_MANIFEST_REPOSITORY"] = "http://127.0.0.1:1/manifests.git";
        _service.Variables["PIPELINES_ARGOCD_SERVER"] = "http://127.0.0.1:1";
        _service.Variables["PIPELINES_SMOKE_URL"] = "http://127.0.0.1:1/{environment}/health";
    }
}
