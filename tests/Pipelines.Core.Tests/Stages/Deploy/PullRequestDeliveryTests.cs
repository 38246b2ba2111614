using Pipelines.Core.Engine;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;
using Pipelines.Core.Tests.Engine;
using Pipelines.Core.Tests.Engine.Journal;
using Pipelines.Core.Tests.Stages.Approve;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Sandbox;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Deploy;

/// <summary>Pull and merge requests over the stand-ins' wire protocols, with real merges in a real repository.</summary>
public sealed class PullRequestDeliveryTests : IAsyncLifetime
{
    private const string File = "apps/order/values-prod.yaml";

    private readonly TemporaryDirectory _directory = new();
    private LocalSandbox _sandbox = null!;
    private RecordingContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await LocalSandbox.StartAsync(
            new SandboxOptions { StateDirectory = Path.Combine(_directory.Path, "sandbox"), App = "order", Environments = ["prod"], SeedFiles = new Dictionary<string, string> { [File] = "image:\n  tag: old # ours\n" } },
            CancellationToken.None);
        _context = new RecordingContext(_directory.Path, RunMode.Sandbox, new SteppingTime(), new Dictionary<string, string> { ["sandbox://token"] = _sandbox.CodeHostToken.Reveal(), ["sandbox://wrong"] = "wrong" });
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Deploy_Merged_IsDeployedAtTheMergeCommit(CodeHost host)
    {
        Task<Deployment> deploying = DeployAsync(host);
        SandboxPullRequest request = await OpenedAsync(1, deploying);
        Assert.Equal(($"pipelines/order/prod/{Gate.Tag}", "main", $"order: old → {Gate.Tag} in prod"), (request.Branch, request.Target, request.Title));
        Assert.Contains($"-   tag: old # ours\n+   tag: {Gate.Tag} # ours\n", request.Body, StringComparison.Ordinal);
        Assert.Contains("| approved by | `ann` |", request.Body, StringComparison.Ordinal);
        Assert.Contains("CVE-1 High lib 1", request.Body, StringComparison.Ordinal);
        Assert.Contains(Gate.Digest, request.Body, StringComparison.Ordinal);
        string merged = await _sandbox.MergePullRequestAsync(1);
        Deployment deployment = await deploying;
        Assert.Equal((merged, true, "old"), (deployment.Revision, deployment.Changed, deployment.PreviousTag));
        Assert.Equal("sandbox-human", _context.Fact("merged by"));
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Deploy_ClosedUnmerged_IsRefused(CodeHost host)
    {
        Task<Deployment> deploying = DeployAsync(host);
        await OpenedAsync(1, deploying);
        _sandbox.ClosePullRequest(1);
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => deploying);
        Assert.Equal(CodeHostFailure.Closed, error.Failure);
        Assert.Contains("was closed without being merged", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_NotWaiting_EndsWithWaitingForAHumanAndReusesTheRequest()
    {
        WaitingForHumanException waiting = await Assert.ThrowsAsync<WaitingForHumanException>(() => DeployAsync(CodeHost.GitHub, waits: false));
        Assert.StartsWith("the merge of http://127.0.0.1:", waiting.What, StringComparison.Ordinal);
        await Assert.ThrowsAsync<WaitingForHumanException>(() => DeployAsync(CodeHost.GitHub, waits: false));
        Assert.Single(_sandbox.PullRequests);
        await _sandbox.MergePullRequestAsync(1);
        Assert.False((await DeployAsync(CodeHost.GitHub, waits: false)).Changed);
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Deploy_NewerTag_ClosesTheOlderRequestWithAComment(CodeHost host)
    {
        await Assert.ThrowsAsync<WaitingForHumanException>(() => DeployAsync(host, waits: false));
        await Assert.ThrowsAsync<WaitingForHumanException>(() => DeployAsync(host, waits: false, tag: "v2"));
        Assert.Equal(["closed", "open"], _sandbox.PullRequests.Select(request => request.State));
        Assert.Contains("which deploys `v2`", _sandbox.PullRequests[0].Comments.Single(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CodeHost.GitHub, "pull requests: write")]
    [InlineData(CodeHost.GitLab, "the scope 'api'")]
    public async Task Deploy_WrongToken_SaysWhatItMustBeAllowedTo(CodeHost host, string advice)
    {
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => DeployAsync(host, token: "sandbox://wrong"));
        Assert.Equal((CodeHostFailure.Authentication, FailureKind.MissingPrerequisite), (error.Failure, error.Kind));
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("wrong\"", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Deploy_NobodyMerges_Expires()
    {
        _context = new RecordingContext(_directory.Path, RunMode.Sandbox, new SteppingTime { MovesOn = true }, new Dictionary<string, string> { ["sandbox://token"] = _sandbox.CodeHostToken.Reveal() });
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => DeployAsync(CodeHost.GitHub));
        Assert.Equal(CodeHostFailure.Expired, error.Failure);
        Assert.Contains("It stays open", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_Merged_OpensTheRevertAndDoesNotCallItUndone()
    {
        Task<Deployment> deploying = DeployAsync(CodeHost.GitHub);
        await OpenedAsync(1, deploying);
        await _sandbox.MergePullRequestAsync(1);
        Deployment deployment = await deploying;
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => new DeployManifest(deployment.Environment).UndoAsync(deployment, _context.Context, CancellationToken.None));
        Assert.Contains("its revert waits for a human", error.What, StringComparison.Ordinal);
        Assert.Equal("order: back to old in prod", _sandbox.PullRequests[1].Title);
        Assert.Contains("+   tag: old # ours", _sandbox.PullRequests[1].Body, StringComparison.Ordinal);

        await Assert.ThrowsAsync<WaitingForHumanException>(() => DeployAsync(CodeHost.GitHub, waits: false, tag: "v2"));
        Assert.Equal(["merged", "open", "open"], _sandbox.PullRequests.Select(request => request.State)); // the way back stays until the new version is merged
    }

    [Theory]
    [InlineData("ImageAtFault", true)]
    [InlineData("Failed", false)]
    public async Task Undo_ChartHasBothKeys_ProposesBothAndTheBlock(string reason, bool blocks)
    {
        await PushAsync("image:\n  tag: old # ours\n  digest: sha256:old\n");
        DeploymentEnvironment prod = Prod(CodeHost.GitHub, true, "sandbox://token");
        prod = prod with { Manifest = prod.Manifest with { DigestKey = "image.digest" } };
        Deployment deployment = await MergedAsync(prod);
        string file = await ManifestAsync();
        Assert.Contains($"digest: {Gate.Digest}", file, StringComparison.Ordinal);
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => new DeployManifest(prod).UndoAsync(deployment, _context.Undo("smoke prod", Enum.Parse<UndoReason>(reason)), CancellationToken.None));
        Assert.Equal(blocks, error.Advice!.Contains("blocks the digest", StringComparison.Ordinal));
        Assert.Equal(file, await ManifestAsync()); // nothing goes around the review
        Assert.Contains("+   digest: sha256:old", _sandbox.PullRequests[1].Body, StringComparison.Ordinal);
        await _sandbox.MergePullRequestAsync(2);
        Assert.Equal("image:\n  tag: old # ours\n  digest: sha256:old\n", await ManifestAsync());
        Assert.Equal(blocks, (await GitAsync("ls-tree", "-r", "--name-only", "main")).Contains(".pipelines/blocked/order/prod.blocked", StringComparison.Ordinal));
        Assert.Contains("already back at old", (await new DeployManifest(prod).UndoAsync(deployment, _context.Context, CancellationToken.None)).Summary, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_Twice_OpensOneRequest()
    {
        Deployment deployment = await MergedAsync(Prod(CodeHost.GitHub, true, "sandbox://token"));
        for (int time = 0; time < 2; time++)
            await Assert.ThrowsAsync<CodeHostException>(() => new DeployManifest(deployment.Environment).UndoAsync(deployment, _context.Context, CancellationToken.None));
        Assert.Equal(2, _sandbox.PullRequests.Count);
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Deploy_RequestConflicts_IsMadeAnewOnTheNewestState(CodeHost host)
    {
        Task<Deployment> deploying = DeployAsync(host);
        await OpenedAsync(1, deploying);
        await PushAsync("image:\n  tag: byhand # ours\n");
        while (!_context.LogText.Contains("conflicted with 'main'", StringComparison.Ordinal))
        {
            if (deploying.IsCompleted)
                await deploying;
            await Task.Yield();
        }

        await _sandbox.MergePullRequestAsync(1);
        Assert.True((await deploying).Changed);
        Assert.Contains(Gate.Tag, await ManifestAsync(), StringComparison.Ordinal);
    }

    [Theory] // what people did to the request while nobody was at work; killed before and after it was kept that it is open
    [InlineData(CodeHost.GitHub, "nothing", 0)]
    [InlineData(CodeHost.GitHub, "nothing", 1)]
    [InlineData(CodeHost.GitLab, "nothing", 0)]
    [InlineData(CodeHost.GitHub, "merged", 0)]
    [InlineData(CodeHost.GitHub, "merged", 1)]
    [InlineData(CodeHost.GitLab, "merged", 0)]
    [InlineData(CodeHost.GitHub, "closed", 1)]
    public async Task Resume_AfterAKill_OpensNoSecondRequestAndTakesWhatPeopleDid(CodeHost host, string meanwhile, int ends)
    {
        using var run = new JournaledRun();
        PipelinePlan plan = Plan(Prod(host, waits: true, "sandbox://token"));
        using var kill = new CancellationTokenSource();
        var opened = new TaskCompletionSource();
        run.Watch = new JournalWatch
        {
            Written = (_, record) =>
            {
                if (record.Contains("\"record\":\"effect-ended\"", StringComparison.Ordinal))
                    opened.TrySetResult();
            },
        };
        Task<RunResult> running = run.StartAsync(plan, setup => Setup(setup) with { Cancel = kill.Token });
        await opened.Task;
        await kill.CancelAsync();
        await running;
        if (meanwhile == "merged")
            await _sandbox.MergePullRequestAsync(1);
        else if (meanwhile == "closed")
            _sandbox.ClosePullRequest(1);

        Task<RunResult> resumed = run.ResumeAsync(plan, Array.IndexOf(run.Records, "effect-began") + 1 + ends, Setup);
        if (meanwhile == "nothing")
        {
            await RetryAndTimeoutTests.Until(() => run.Events.Events.Any(told => told is RunEvent.StageLogged { Text: var text } && text.StartsWith("Waiting up to", StringComparison.Ordinal)));
            await _sandbox.MergePullRequestAsync(1);
        }

        RunResult result = await resumed;
        Assert.Single(_sandbox.PullRequests);
        if (meanwhile == "closed")
        {
            Assert.Contains("was closed without being merged", result.FailureOf("deploy prod").What, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(RunStatus.Succeeded, result.Status);
        var deployment = (Deployment)Assert.IsType<StageOutcome.Succeeded>(result.Of("deploy prod")).Output!;
        Assert.Equal((true, "old", await GitAsync("rev-parse", "main")), (deployment.Changed, deployment.PreviousTag, deployment.Revision)); // so that an undo knows what is ours
    }

    [Theory]
    [InlineData("manifests", null, "is no project of GitHub")]
    [InlineData("a/b", "http://github.example.com/api/v3", "plain http")]
    [InlineData("a/b", "https://github.example.com/api/v3", "A sandbox run does not talk to github.example.com")]
    [InlineData("a/b", "https://user@github.example.com/", "address of GitHub's API is none")]
    public async Task Deploy_ProjectThatCannotBe_IsTold(string path, string? api, string why)
    {
        DeploymentEnvironment prod = Prod(CodeHost.GitHub, true, "sandbox://token") with { Delivery = new DeliverBy.PullRequest(new CodeHostProject(CodeHost.GitHub, path, SecretReference.Parse("sandbox://token")) { Api = api is null ? null : new Uri(api) }) };
        Assert.Contains(why, (await Assert.ThrowsAsync<InvalidUsageException>(() => DeployAsync(prod, Gate.Tag))).What, StringComparison.Ordinal);
    }

    private async Task<Deployment> MergedAsync(DeploymentEnvironment prod)
    {
        Task<Deployment> deploying = DeployAsync(prod, Gate.Tag);
        await OpenedAsync(1, deploying);
        await _sandbox.MergePullRequestAsync(1);
        return await deploying;
    }

    /// <summary>Somebody who may push around the review.</summary>
    private async Task PushAsync(string content)
    {
        GitRepository other = await new GitRepository(_sandbox.ManifestRepository).CloneAsync(Path.Combine(_directory.Path, "hand-" + Guid.NewGuid().ToString("N")));
        other.Write(File, content);
        await other.CommitAsync("by hand");
        await other.RunAsync("push", "-q", "origin", "main");
    }

    private Task<string> GitAsync(params string[] arguments) => new GitRepository(_sandbox.ManifestRepository).RunAsync(arguments);

    private Task<string> ManifestAsync() => new GitRepository(_sandbox.ManifestRepository).ShowAsync(File);

    private RunSetup Setup(RunSetup setup) => setup with { Run = _context.Run, Secrets = _context.Context.Secrets, Time = _context.Context.Time };

    private static PipelinePlan Plan(DeploymentEnvironment prod)
    {
        var pipeline = new PipelineBuilder("order");
        StageHandle<ProvenDeployment> proven = pipeline.Add("proven", (_, _) => Task.FromResult(Gate.Proven()));
        StageHandle<PublishedImage> image = pipeline.Add("image", proven, (one, _, _) => Task.FromResult(one.Deployment.Image));
        StageHandle<Approval> approval = pipeline.Add("approve", (_, _) => Task.FromResult(new Approval(Gate.Digest, "prod", "ann", null, default)));
        pipeline.Add("deploy prod", new DeployManifest(prod), image, proven, approval);
        return pipeline.Build();
    }

    private async Task<SandboxPullRequest> OpenedAsync(int number, Task deploying)
    {
        while (true)
        {
            if (_sandbox.PullRequests.FirstOrDefault(request => request.Number == number) is { } request)
                return request;
            if (deploying.IsCompleted)
                await deploying;
            await Task.Yield();
        }
    }

    private Task<Deployment> DeployAsync(CodeHost host, bool waits = true, string tag = Gate.Tag, string token = "sandbox://token") => DeployAsync(Prod(host, waits, token), tag);

    private Task<Deployment> DeployAsync(DeploymentEnvironment prod, string tag)
    {
        ProvenDeployment proven = Gate.Proven(tag: tag);
        return new DeployManifest(prod).RunAsync(proven.Deployment.Image, proven, new Approval(Gate.Digest, "prod", "ann", null, default), _context.Context, CancellationToken.None);
    }

    private DeploymentEnvironment Prod(CodeHost host, bool waits, string token) => new()
    {
        Name = "prod",
        App = "order",
        IsProtected = true,
        Manifest = new ManifestTarget { Repository = _sandbox.ManifestRepository, File = File },
        Delivery = new DeliverBy.PullRequest(new CodeHostProject(host, LocalSandbox.CodeHostPath, SecretReference.Parse(token)) { Api = host == CodeHost.GitHub ? _sandbox.GitHub : _sandbox.GitLab }) { WaitsForMerge = waits, Timeout = TimeSpan.FromMinutes(10) },
    };
}
