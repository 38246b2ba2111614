using Pipelines.Core.Model;
using Pipelines.Core.Tests.Clients.ArgoCd;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;
using static Pipelines.Core.Tests.Clients.ArgoCd.ScriptedArgoCd;

namespace Pipelines.Core.Tests.Stages.Deploy;

public sealed class DeployManifestTests : IDisposable
{
    private const string File = "apps/order/values-staging.yaml";
    private const string Before = "image:\n  tag: old\n";
    private static readonly string New = new('a', 40);
    private static readonly string DigestA = "sha256:" + new string('a', 64);
    private static readonly string DigestB = "sha256:" + new string('b', 64);

    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingContext _context;

    public DeployManifestTests() => _context = new RecordingContext(_directory.Path, RunMode.Sandbox, new SkippingTime());

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Run_NewImage_PushesAndReportsTheFacts()
    {
        GitRepository bare = await ManifestsAsync();
        Deployment deployment = await DeployAsync(Environment());
        Assert.Equal((true, "old", await bare.HeadAsync("main")), (deployment.Changed, deployment.PreviousTag, deployment.Revision));
        Assert.Equal($"image:\n  tag: {New}\n", await bare.ShowAsync(File));
        Assert.Equal(("staging", New, "old", deployment.Revision[..10]), (_context.Fact("environment"), _context.Fact("tag"), _context.Fact("previous tag"), _context.Fact("manifest commit")));
        string message = await bare.RunAsync("log", "-1", "--format=%B", "main");
        Assert.StartsWith($"ci: update order to {New} [skip ci]\n", message, StringComparison.Ordinal);
        Assert.Contains($"Image: registry.example.com/order@{DigestA}\nSource-Commit: {New}\n", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameImageAgain_SaysAlreadyDeployedAndUndoChangesNothing()
    {
        GitRepository bare = await ManifestsAsync($"image:\n  tag: {New}\n");
        string head = await bare.HeadAsync("main");
        Deployment deployment = await DeployAsync(Environment());
        Assert.False(deployment.Changed);
        Assert.Contains("already deployed", _context.LogText, StringComparison.Ordinal);
        UndoReport report = await UndoAsync(deployment);
        Assert.False(report.Changed);
        Assert.Contains("nothing to undo", report.Summary, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Run_ProtectedEnvironmentWithAnImageAlone_IsRefused() =>
        await Assert.ThrowsAsync<InvalidUsageException>(() => DeployAsync(Environment() with { IsProtected = true }));

    [Fact]
    public void Build_ProtectedEnvironmentWithAnImageAlone_IsRefusedBeforeAnythingRuns()
    {
        var deploy = new DeployManifest(Environment() with { IsProtected = true });
        var pipeline = new PipelineBuilder("order");
        var image = pipeline.Add("push", (_, _) => Task.FromResult(Image(DigestA)));
        pipeline.Add("deploy", deploy, image);
        PipelineDefinitionException error = Assert.Throws<PipelineDefinitionException>(pipeline.Build);
        Assert.Equal(FailureKind.Usage, error.Kind);
        Assert.Contains("'deploy': 'staging' is a protected environment: an image alone cannot be deployed to it. Add DeployManifest with three inputs", Assert.Single(error.Errors), StringComparison.Ordinal);

        var whole = new PipelineBuilder("order");
        image = whole.Add("push", (_, _) => Task.FromResult(Image(DigestA)));
        var proven = whole.Add("prove", (_, _) => Task.FromResult(Proven(DigestA, "qa")));
        whole.Add("deploy", deploy, image, proven, whole.Add("approve", (_, _) => Task.FromResult(new Approval(DigestA, "staging", "ann", null, default))));
        Assert.Equal(4, whole.Build().Stages.Count);
    }

    [Theory]
    [InlineData('a', 'b', "prod", "staging", "proven is another")]
    [InlineData('b', 'a', "prod", "staging", "approved is another")]
    [InlineData('a', 'a', "other", "staging", "approval is for another environment")]
    [InlineData('a', 'a', "prod", "prod", "very environment")]
    public async Task Run_ProtectedWithOtherEvidence_IsRefused(char approved, char proven, string approvedFor, string provenIn, string reason)
    {
        GitRepository bare = await ManifestsAsync();
        string head = await bare.HeadAsync("main");
        DeploymentEnvironment prod = Environment() with { Name = "prod", IsProtected = true };
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => new DeployManifest(prod).RunAsync(
            Image(DigestA), Proven(proven == 'a' ? DigestA : DigestB, provenIn), new Approval(approved == 'a' ? DigestA : DigestB, approvedFor, "ann", null, default), _context.Context, CancellationToken.None));
        Assert.Contains(reason, error.What, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Theory]
    [InlineData("main", null, true, "main")]
    [InlineData("release/1.2", null, true, "main", "release/*")]
    [InlineData("release/1.2/fix", null, true, "release/*")] // a star takes slashes along
    [InlineData("releases", null, false, "release/*")]
    [InlineData("MAIN", null, false, "main")] // git's branches know upper and lower case
    [InlineData("maintenance", null, false, "main")]
    [InlineData("feature", null, false, "main", "release/*")]
    [InlineData(null, null, false, "*")] // a commit whose branch nobody knows comes from no allowed one
    [InlineData("main", 7, false, "main")] // whoever opened the pull request named its branch
    [InlineData("feature", 7, true)] // no rule at all
    public async Task Run_AllowedBranches_LetNothingElseIn(string? branch, int? pullRequest, bool deploys, params string[] allowed)
    {
        GitRepository bare = await ManifestsAsync();
        string head = await bare.HeadAsync("main");
        var context = new RecordingContext(_directory.Path, RunMode.Live, new SkippingTime(), pullRequest: pullRequest);
        Task<Deployment> run = new DeployManifest(Environment() with { AllowedBranches = allowed }).RunAsync(Image(DigestA, branch), context.Context, CancellationToken.None);
        if (deploys)
        {
            Assert.True((await run).Changed);
            return;
        }

        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => run);
        Assert.Contains(pullRequest is not null ? "this run builds pull request 7" : branch is null ? "the branch of its commit is not known" : $"the branch '{branch}' may not get there", error.What, StringComparison.Ordinal);
        Assert.Contains($"allowed: {string.Join(", ", allowed)}", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("the setting staging.branches", error.Advice, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Run_AllowedBranchesInTheSandbox_EveryBranchIsWelcome()
    {
        await ManifestsAsync();
        Assert.True((await new DeployManifest(Environment() with { AllowedBranches = ["main"] }).RunAsync(Image(DigestA, "feature"), _context.Context, CancellationToken.None)).Changed);
    }

    [Fact]
    public async Task Run_ProtectedWithProofAndApproval_Deploys()
    {
        GitRepository bare = await ManifestsAsync();
        DeploymentEnvironment prod = Environment() with { Name = "prod", IsProtected = true };
        await new DeployManifest(prod).RunAsync(Image(DigestA), Proven(DigestA, "staging"), new Approval(DigestA, "prod", "ann", null, default), _context.Context, CancellationToken.None);
        Assert.Contains("Approved-By: ann\nProven-In: staging\n", await bare.RunAsync("log", "-1", "--format=%B", "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_HealthCheckFails_RevertsFirstAndTellsBoth() // kargo#3258
    {
        GitRepository bare = await ManifestsAsync();
        Deployment deployment = await DeployAsync(Environment(new Uri("http://127.0.0.1:1/")));
        UndoReport report = await UndoAsync(deployment);
        Assert.True(report.Changed);
        Assert.Equal(Before, await bare.ShowAsync(File));
        Assert.Contains("back at old", report.Summary, StringComparison.Ordinal);
        Assert.Contains("not sure: Argo CD at http://127.0.0.1:1 cannot be reached", report.Summary, StringComparison.Ordinal);
        Assert.True(_context.LogText.IndexOf("pushed.", StringComparison.Ordinal) < _context.LogText.IndexOf("waiting for 'order'", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Undo_ArgoCdIsAtTheRevert_SaysWhatRunsNow()
    {
        GitRepository bare = await ManifestsAsync();
        using var server = new ScriptedArgoCd(App("Synced", new string('0', 40), "Degraded"), App("Synced", new string('1', 40), "Healthy"));
        Deployment deployment = await DeployAsync(Environment(server.Address));
        server.Revision = () => bare.HeadAsync("main").GetAwaiter().GetResult();
        UndoReport report = await UndoAsync(deployment);
        Assert.Contains("and Argo CD runs it: Healthy at", report.Summary, StringComparison.Ordinal);
        Assert.StartsWith($"ci: revert order to old [skip ci]\n\nThe deployment to staging did not prove itself.\nThis reverts commit {deployment.Revision}.\n", await bare.RunAsync("log", "-1", "--format=%B", "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_SomebodyDeployedSince_LeavesItAlone()
    {
        GitRepository bare = await ManifestsAsync();
        Deployment deployment = await DeployAsync(Environment());
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write(File, "image:\n  tag: hotfix\n");
        string head = await other.CommitAsync("hotfix");
        await other.RunAsync("push", "-q", "origin", "main");
        UndoReport report = await UndoAsync(deployment);
        Assert.False(report.Changed);
        Assert.Contains("somebody has set hotfix since", report.Summary, StringComparison.Ordinal);
        Assert.Equal(head, await bare.HeadAsync("main"));
    }

    [Fact]
    public async Task Sync_LaterCommitOfAnotherService_CountsAsOurs()
    {
        GitRepository bare = await ManifestsAsync();
        Deployment deployment = await DeployAsync(Environment());
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write("apps/other.yaml", "a: b\n");
        string later = await other.CommitAsync("another service");
        await other.RunAsync("push", "-q", "origin", "main");
        using var server = new ScriptedArgoCd(App("Synced", later, "Healthy"));
        deployment = new Deployment(deployment.Image, Environment(server.Address), deployment.Revision, true, "old");
        Assert.Same(deployment, await new ArgoCdSync().RunAsync(deployment, _context.Context, CancellationToken.None));
        Assert.StartsWith($"Healthy at {later[..10]}", _context.Fact("argo cd"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_NewerTagInALaterCommit_IsSuperseded()
    {
        GitRepository bare = await ManifestsAsync();
        Deployment deployment = await DeployAsync(Environment());
        GitRepository other = await bare.CloneAsync(Path.Combine(_directory.Path, "other"));
        other.Write(File, "image:\n  tag: newer\n");
        string later = await other.CommitAsync("newer");
        await other.RunAsync("push", "-q", "origin", "main");
        using var server = new ScriptedArgoCd(App("Synced", later, "Healthy"));
        deployment = new Deployment(deployment.Image, Environment(server.Address), deployment.Revision, true, "old");
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => new ArgoCdSync().RunAsync(deployment, _context.Context, CancellationToken.None));
        Assert.Equal(ArgoCdFailure.Superseded, error.Failure);
    }

    [Fact]
    public async Task Sync_NoArgoCd_PassesOnAndSaysSo()
    {
        var deployment = new Deployment(Image(DigestA), Environment(), New, true, "old");
        Assert.Same(deployment, await new ArgoCdSync().RunAsync(deployment, _context.Context, CancellationToken.None));
        Assert.Equal("not waited for", _context.Fact("argo cd"));
    }

    [Fact]
    public void Description_UrlAndKey_AreNamed() =>
        Assert.Equal($"sets image.tag in {File} of manifests.git (main)", new DeployManifest(Environment()).Description);

    private Task<GitRepository> ManifestsAsync(string content = Before) => GitRepository.CreateManifestsAsync(_directory.Path, (File, content));

    private Task<Deployment> DeployAsync(DeploymentEnvironment environment) => new DeployManifest(environment).RunAsync(Image(DigestA), _context.Context, CancellationToken.None);

    private Task<UndoReport> UndoAsync(Deployment deployment) => new DeployManifest(deployment.Environment).UndoAsync(deployment, _context.Context, CancellationToken.None);

    private static DeploymentEnvironment Environment(Uri? argoCd = null) => new()
    {
        Name = "staging",
        App = "order",
        Manifest = new ManifestTarget { Repository = "manifests.git", File = File },
        ArgoCd = argoCd is null ? null : new ArgoCdTarget { Server = argoCd, Application = "order", Timeout = TimeSpan.FromMinutes(2) },
    };

    private static ProvenDeployment Proven(string digest, string environment) => new(new Deployment(Image(digest), Environment() with { Name = environment }, New, true, "old"), "200");

    private static PublishedImage Image(string digest, string? branch = "main")
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order:{New}");
        var built = new BuiltImage(reference, digest, new ImageLocation.Registry(digest), new SourceRevision(New, branch, null, [], New, default));
        return new PublishedImage(reference, digest, new ScannedImage(built, new ScanResult("test", [], [], [])));
    }
}
