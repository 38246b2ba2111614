using Pipelines.Core.Cli.Commands;
using Pipelines.Core.Tests.Clients;
using Pipelines.Core.Tests.Stages.Approve;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Promote;

public sealed class PromotionTests : IAsyncLifetime
{
    private Gate _gate = null!;
    private RecordingContext _context = null!;
    private ScriptedServer _registry = null!;
    private string? _digest = Gate.Digest;
    private string? _tagged = Gate.Digest;

    public async ValueTask InitializeAsync()
    {
        _gate = await Gate.CreateAsync();
        _context = _gate.Context();
        _registry = new ScriptedServer((request, response) =>
        {
            string? found = request.Path == $"/v2/order/manifests/{Gate.Digest}" ? _digest : request.Path == $"/v2/order/manifests/{Gate.Tag}" ? _tagged : null;
            response.Write(found is null ? 404 : 200, "", "application/vnd.oci.image.manifest.v1+json", found is null ? [] : [("Docker-Content-Digest", found)]);
        });
    }

    public async ValueTask DisposeAsync()
    {
        await _registry.DisposeAsync();
        _gate.Dispose();
    }

    [Fact]
    public async Task Load_WhatWasRecorded_IsTheSameEvidenceOnAnotherMachine()
    {
        ProvenDeployment proven = await ProveAsync();
        ProvenDeployment loaded = await LoadAsync();
        Assert.Equal((Gate.Digest, Gate.Tag, proven.Deployment.Revision, "staging"), (loaded.Deployment.Image.Digest, loaded.Deployment.Image.Reference.Tag, loaded.Deployment.Revision, loaded.Deployment.Environment.Name));
        Assert.Equal(("main", "Carl <carl@example.com>"), (loaded.Deployment.Image.Image.Image.Source.Branch, loaded.Deployment.Image.Image.Image.Source.Authors!.Single()));
        Assert.Equal(proven.Deployment.Image.Image.Scan.Findings, loaded.Deployment.Image.Image.Scan.Findings);
        Assert.Contains("Not checked: findings that became known after the scan", _context.LogText, StringComparison.Ordinal);
        DeploymentEnvironment prod = _gate.Prod with { AllowedBranches = ["main"] };
        await new DeployManifest(prod).RunAsync(loaded.Deployment.Image, loaded, new Approval(Gate.Digest, "prod", "ann", null, default), _context.Context, CancellationToken.None);
        Assert.Equal($"image:\n  tag: {Gate.Tag}\n", await _gate.Manifests.ShowAsync("apps/order/values-prod.yaml"));
    }

    [Fact]
    public async Task Load_OtherBranchRecorded_DoesNotGetIntoProd()
    {
        await ProveAsync(branch: "feature");
        ProvenDeployment loaded = await LoadAsync();
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => new DeployManifest(_gate.Prod with { AllowedBranches = ["main", "release/*"] })
            .RunAsync(loaded.Deployment.Image, loaded, new Approval(Gate.Digest, "prod", "ann", null, default), _context.Context, CancellationToken.None));
        Assert.Contains("the branch 'feature' may not get there", error.What, StringComparison.Ordinal);
        Assert.Equal("image:\n  tag: old\n", await _gate.Manifests.ShowAsync("apps/order/values-prod.yaml"));
    }

    [Fact]
    public async Task Load_NothingRecorded_IsRefused() => await RefusedAsync("which did not prove itself there", "nothing is recorded under refs/pipelines/proven/order/staging");

    [Fact]
    public async Task Load_OtherTagRuns_IsRefusedAndNamesWhatWasProven()
    {
        await ProveAsync();
        GitRepository work = await _gate.Manifests.CloneAsync(Path.Combine(_gate.Directory.Path, "hand"));
        work.Write("apps/order/values-staging.yaml", "image:\n  tag: by-hand\n");
        await work.CommitAsync("by hand");
        await work.RunAsync("push", "-q", "origin", "main");
        await RefusedAsync("'staging' runs by-hand, which did not prove itself there", $"proven there: {Gate.Tag}");
    }

    [Fact]
    public async Task Load_RegistryLostIt_IsRefused()
    {
        await ProveAsync();
        _digest = null;
        await RefusedAsync("the registry does not hold the image any more", Gate.Digest);
    }

    [Fact]
    public async Task Load_TagWasMoved_IsRefused()
    {
        await ProveAsync();
        _tagged = "sha256:" + new string('b', 64);
        await RefusedAsync($"the tag {Gate.Tag} names another image now", _tagged);
    }

    [Fact]
    public async Task Load_ScanWasSimulated_IsRefusedInALiveRun()
    {
        await ProveAsync(simulated: true);
        await RefusedAsync("its scan was simulated", "");
    }

    [Fact]
    public async Task Load_BranchWasPushedOver_IsRefused()
    {
        await ProveAsync(revision: new string('d', 40));
        await RefusedAsync("is not in the branch any more", new string('d', 40));
    }

    [Fact]
    public async Task Record_Twice_KeepsTheNewestFirstAndOnce()
    {
        await ProveAsync();
        await ProveAsync();
        await ProveAsync(digest: "sha256:" + new string('e', 64));
        string document = await _gate.Manifests.ShowAsync("document.json", "refs/pipelines/proven/order/staging");
        Assert.Equal(2, document.Split("\"digest\":").Length - 1);
        Assert.Equal(3, (await _gate.Manifests.RunAsync("log", "--format=%s", "refs/pipelines/proven/order/staging")).Split('\n').Length);
    }

    [Theory]
    [InlineData(null, null, "staging", "prod")]
    [InlineData("dev", "staging", "dev", "staging")]
    [InlineData(null, "staging", "dev", "staging")]
    public void Choose_Environments_AreTheOnesMeant(string? from, string? to, string source, string target)
    {
        (DeploymentEnvironment chosen, DeploymentEnvironment goal) = PromoteCommand.Choose(Three(), from, to);
        Assert.Equal((source, target), (chosen.Name, goal.Name));
    }

    [Theory]
    [InlineData(null, "prdo", "there is no environment 'prdo'. Did you mean 'prod'?")]
    [InlineData("prod", "prod", "cannot be promoted to itself")]
    [InlineData(null, "dev", "There is no environment before 'dev'")]
    public void Choose_NoWay_IsTold(string? from, string? to, string why) =>
        Assert.Contains(why, Assert.Throws<InvalidUsageException>(() => PromoteCommand.Choose(Three(), from, to)).What, StringComparison.Ordinal);

    private static DeploymentEnvironment[] Three() => [Gate.Environment("dev"), Gate.Environment("staging"), Gate.Environment("prod") with { IsProtected = true }];

    private async Task<ProvenDeployment> ProveAsync(string? branch = "main", string? revision = null, bool simulated = false, string? digest = null)
    {
        ProvenDeployment proven = Gate.Proven(digest, branch: branch, revision: revision ?? await _gate.Manifests.HeadAsync("main"), simulated: simulated);
        PublishedImage image = proven.Deployment.Image;
        ImageReference reference = Reference().WithTag(Gate.Tag); // the registry of this test
        image = new PublishedImage(reference, image.Digest, image.Image);
        return await new RecordProof().RunAsync(new ProvenDeployment(new Deployment(image, Gate.Environment("staging"), proven.Deployment.Revision, true, "old"), proven.Proof), _context.Context, CancellationToken.None);
    }

    private ImageReference Reference() => ImageReference.Parse($"{_registry.Authority}/order");

    private Task<ProvenDeployment> LoadAsync() => new LoadProof(Gate.Environment("staging"), Reference()) { Credentials = new RegistryCredentials.Anonymous() }.RunAsync(_context.Context, CancellationToken.None);

    private async Task RefusedAsync(string what, string evidence)
    {
        PromotionException error = await Assert.ThrowsAsync<PromotionException>(LoadAsync);
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
    }
}
