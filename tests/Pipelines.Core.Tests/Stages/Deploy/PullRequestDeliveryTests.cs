using Pipelines.Core.Tests.Stages.Approve;
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
