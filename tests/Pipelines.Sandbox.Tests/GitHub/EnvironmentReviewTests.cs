using Pipelines.Core;
using Pipelines.Core.Hosts;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.GitHub;

/// <summary>The gate of a GitHub environment, from the review to the evidence, over GitHub's own protocol.</summary>
public sealed class EnvironmentReviewTests : IAsyncLifetime
{
    private const long RunId = 16400000001; // longer than 32 bits, as GitHub's are
    private static readonly string s_tag = new('a', 40);

    private SandboxFixture _fixture = null!;

    public async ValueTask InitializeAsync() => _fixture = await SandboxFixture.StartAsync();

    public ValueTask DisposeAsync() => _fixture.DisposeAsync();

    [Fact]
    public async Task Approve_ReviewerApproved_IsEvidenceWithNameCommentAndProof()
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann", SandboxReview.Pending, "let me look"); // a comment decides nothing
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann", comment: "looks good");
        Approval approval = await ApproveAsync();
        Assert.Equal(("ann", "looks good", ApprovalMethod.Host), (approval.ApprovedBy, approval.Reason, approval.Method));
        Assert.Contains($"GitHub says that ann reviewed 'prod' for run {RunId}", approval.Proof, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_EnvironmentHasAnotherNameOnGitHub_IsFoundByIt()
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "Production", "ann");
        Assert.Equal("ann", (await ApproveAsync(new ApprovalPolicy { HostEnvironment = "production" })).ApprovedBy); // GitHub does not know upper and lower case
    }

    [Fact]
    public async Task Approve_Rejected_EndsTheRunWithWhoAndWhy()
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "bob");
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann", SandboxReview.Rejected, "not on a friday");
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(() => ApproveAsync());
        Assert.Equal(ApprovalFailure.Refused, error.Failure);
        Assert.Contains("ann refused", error.What, StringComparison.Ordinal);
        Assert.Contains("not on a friday", error.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("staging", RunId)]
    [InlineData("prod", RunId + 1)]
    public async Task Approve_AnotherEnvironmentOrRun_IsNobodysApproval(string environment, long run)
    {
        _fixture.Sandbox.ReviewEnvironment(run, environment, "ann");
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(() => ApproveAsync());
        Assert.Contains($"nobody reviewed the environment 'prod' in run {RunId}", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("required reviewers", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_CommentAlone_IsNoApprovalAndNoRefusal()
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann", SandboxReview.Pending, "let me look");
        Assert.Contains("nobody reviewed", (await Assert.ThrowsAsync<ApprovalException>(() => ApproveAsync())).Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_ReviewerWhoMayNotByThePolicy_IsNotEnough()
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann");
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(() => ApproveAsync(new ApprovalPolicy { Approvers = ["dora"] }));
        Assert.Equal(ApprovalFailure.NotAllowed, error.Failure);
        Assert.Contains("ann may not approve; those who may: dora", error.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false, "403: ")]
    [InlineData(true, "401: ")]
    public async Task Approve_TokenWithoutRights_SaysWhichPermissionIsMissing(bool unknown, string status)
    {
        _fixture.Sandbox.ReviewEnvironment(RunId, "prod", "ann");
        string token = unknown ? "not-a-token" : _fixture.Sandbox.CodeHostTokenWithoutPermission.Reveal();
        CodeHostException error = await Assert.ThrowsAsync<CodeHostException>(() => ApproveAsync(token: token));
        Assert.Equal(CodeHostFailure.Authentication, error.Failure);
        Assert.Contains(status, error.Evidence, StringComparison.Ordinal);
        Assert.Contains("'actions: read' (reviews)", error.Advice, StringComparison.Ordinal);
        Assert.Contains("env://GH", error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain(token, error.ToString(), StringComparison.Ordinal);
    }

    private Task<Approval> ApproveAsync(ApprovalPolicy? policy = null, string? token = null)
    {
        var manifest = new ManifestTarget { Repository = _fixture.Sandbox.ManifestRepository, File = "apps/order-service/values-staging.yaml" };
        var prod = new DeploymentEnvironment { Name = "prod", App = "order-service", Manifest = manifest, Approval = (policy ?? new()) with { HostToken = SecretReference.Parse("env://GH") } };
        var variables = new Dictionary<string, string> { ["GITHUB_REPOSITORY"] = LocalSandbox.CodeHostPath, ["GITHUB_RUN_ID"] = $"{RunId}", ["GITHUB_API_URL"] = _fixture.Sandbox.GitHub.AbsoluteUri };
        var context = new RecordingContext(_fixture.Folder, RunMode.Live, secrets: new Dictionary<string, string> { ["env://GH"] = token ?? _fixture.Sandbox.CodeHostToken.Reveal() }, host: "GitHub Actions", actor: "carl");
        return new Approve(prod) { Variables = HostEnvironment.Of(variables) }.RunAsync(Proven(prod), context.Context, TestContext.Current.CancellationToken);
    }

    private static ProvenDeployment Proven(DeploymentEnvironment prod)
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{s_tag}");
        string digest = "sha256:" + new string('a', 64);
        var built = new BuiltImage(reference, digest, new Core.Model.ImageLocation.Registry(digest), new SourceRevision(s_tag, "main", null, [], s_tag, default) { Authors = ["Carl <carl@example.com>"] });
        return new ProvenDeployment(new Deployment(new PublishedImage(reference, digest, new ScannedImage(built, new ScanResult("test", [], [], []))), prod with { Name = "staging" }, s_tag, true, "old"), "200");
    }
}
