using Pipelines.Core.GitOps;
using Pipelines.Core.Stages.Approve;
using Pipelines.Core.Tests.Clients;
using Pipelines.Core.Tests.Stages.Approve;

namespace Pipelines.Core.Tests.Cli;

/// <summary>The commands, over real git and real keys.</summary>
public sealed class ApproveAndPromoteTests : IAsyncLifetime
{
    private readonly CliRun _cli = new();
    private Gate _gate = null!;

    public async ValueTask InitializeAsync()
    {
        _gate = await Gate.CreateAsync();
        _gate.Prod = Absolute(_gate.Prod);
    }

    public ValueTask DisposeAsync()
    {
        _cli.Dispose();
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Approve_DigestOfWhatWaits_LetsTheRunGoOn()
    {
        Task<Approval> waiting = Start();
        await _gate.WaitingAsync();
        Assert.Equal(0, await ApproveAsync("--list"));
        Assert.Contains(Gate.Digest, _cli.Output, StringComparison.Ordinal);
        Assert.Equal(0, await ApproveAsync("--env", "prod", "--digest", "sha256:aaaaaaa", "--reason", "fine", "--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains("Approved order", _cli.Output, StringComparison.Ordinal);
        Approval approval = await waiting;
        Assert.Equal((_gate.Ann.Name, "fine"), (approval.ApprovedBy, approval.Reason));
    }

    [Fact]
    public async Task Approve_Refuse_EndsTheRun()
    {
        Task<Approval> waiting = Start();
        await _gate.WaitingAsync();
        Assert.Equal(0, await ApproveAsync("--refuse", "--digest", Gate.Digest, "--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Equal(ApprovalFailure.Refused, (await Assert.ThrowsAsync<ApprovalException>(() => waiting)).Failure);
    }

    [Theory]
    [InlineData("Nothing waits for an approval with the digest sha256:bbbbbbb", "--digest", "sha256:bbbbbbb")]
    [InlineData("'aaa' is too short", "--digest", "aaa")]
    [InlineData("there is no environment 'prdo'. Did you mean 'prod'?", "--env", "prdo")]
    [InlineData("Without a terminal, --digest must say what is decided", "--env", "prod")]
    [InlineData("There is no key to sign with", "--digest", "sha256:aaaaaaa", "--as", "ann@example.com", "--key", "nowhere")]
    public async Task Approve_BadInput_IsTold(string why, params string[] arguments)
    {
        using var cancel = new CancellationTokenSource();
        Task<Approval> waiting = Start(cancel.Token);
        await _gate.WaitingAsync();
        Assert.Equal(2, await ApproveAsync(arguments));
        Assert.Contains(why, _cli.Error, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
        Assert.Empty(await _gate.RefsAsync()); // cancelled, and nothing is left behind
    }

    [Fact]
    public async Task Approve_KeyThatDoesNotCount_PushesNothing()
    {
        using var cancel = new CancellationTokenSource();
        Task<Approval> waiting = Start(cancel.Token);
        await _gate.WaitingAsync();
        Assert.Equal(2, await ApproveAsync("--digest", Gate.Digest, "--as", _gate.Ann.Name, "--key", _gate.Mallory.Key));
        Assert.Contains("The allowed-signers file does not give this key to 'ann@example.com'", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await ApproveAsync("--digest", Gate.Digest, "--as", "somebody", "--key", _gate.Ann.Key));
        Assert.Contains("The file gives this key to ann@example.com: use --as", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(await _gate.RefsAsync(), name => name.Contains("verdicts", StringComparison.Ordinal));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Approve_EnvironmentsNameTyped_LetsTheRunGoOn()
    {
        Task<Approval> waiting = Start();
        await _gate.WaitingAsync();
        _cli.Typed = " prod \n";
        Assert.Equal(0, await ApproveAsync("--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains($"digest    {Gate.Digest}", _cli.Output, StringComparison.Ordinal); // what is decided is on the screen before it is
        Assert.Contains("Approve this? Type the environment's name ('prod'): ", _cli.Output, StringComparison.Ordinal);
        Assert.Equal(_gate.Ann.Name, (await waiting).ApprovedBy);
    }

    [Theory]
    [InlineData("yes\n")]
    [InlineData("PROD\n")]
    [InlineData("\n")]
    [InlineData("")] // the input ends
    public async Task Approve_AnythingElseTyped_PushesNothing(string typed)
    {
        using var cancel = new CancellationTokenSource();
        Task<Approval> waiting = Start(cancel.Token);
        await _gate.WaitingAsync();
        _cli.Typed = typed;
        Assert.Equal(2, await ApproveAsync("--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains("Nothing was decided.", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(await _gate.RefsAsync(), name => name.Contains("verdicts", StringComparison.Ordinal));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Approve_WhoMayNot_PushesNothing()
    {
        using var cancel = new CancellationTokenSource();
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Approvers = ["dora"], RequiresReason = true } };
        Task<Approval> waiting = Start(cancel.Token);
        await _gate.WaitingAsync();
        Assert.NotEqual(0, await ApproveAsync("--digest", Gate.Digest, "--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains("This would not count for 'prod': ann@example.com may not approve; those who may: dora.", _cli.Error, StringComparison.Ordinal);
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Approvers = [_gate.Ann.Name] } };
        Assert.NotEqual(0, await ApproveAsync("--digest", Gate.Digest, "--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains("gave no reason, and one is required here", _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain(await _gate.RefsAsync(), name => name.Contains("verdicts", StringComparison.Ordinal));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Approve_EnvironmentThatThisCheckoutDoesNotHave_SaysWhereToDoIt()
    {
        using var cancel = new CancellationTokenSource();
        Task<Approval> waiting = Start(cancel.Token);
        await _gate.WaitingAsync();
        Assert.Equal(2, await _cli.RunAsync(new OrderTemplate([Absolute(Gate.Environment("staging"))], ImageReference.Parse("registry.example.com/order")), "approve", "--live", "--digest", Gate.Digest));
        Assert.Contains("What waits is for 'prod', which this checkout's pipeline does not have.", _cli.Error, StringComparison.Ordinal);
        Assert.Contains($"git checkout {Gate.Tag}", _cli.Error, StringComparison.Ordinal);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Approve_AfterItsTime_FindsNothingThatWaits()
    {
        DateTimeOffset since = DateTimeOffset.UtcNow.AddHours(-9); // left by a run that was killed
        var request = new ApprovalRequest("order", "prod", Gate.Digest, "old-run", "5eed", since, since.AddHours(8)) { Tag = Gate.Tag, Commit = Gate.Tag, Summary = "order" };
        using (RefDocuments documents = await RefDocuments.OpenAsync(_gate.Prod.Manifest, _gate.Context(id: "left").Context, CancellationToken.None))
            await documents.WriteAsync(ApprovalRefs.Waiting("order", "prod", "old-run"), request.Write(), null, "waits", CancellationToken.None);
        Assert.Equal(2, await ApproveAsync("--digest", Gate.Digest, "--as", _gate.Ann.Name, "--key", _gate.Ann.Key));
        Assert.Contains("Nothing waits for an approval.", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_NothingWaits_SaysSo()
    {
        Assert.Equal(2, await ApproveAsync("--env", "prod"));
        Assert.Contains("Nothing waits for an approval.", _cli.Error, StringComparison.Ordinal);
        Assert.Equal(2, await _cli.RunAsync(new SampleTemplate(), "approve"));
        Assert.Contains("names no environments", _cli.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_ProvenInStaging_DeploysTheSameDigestToProd()
    {
        await using var registry = new ScriptedServer((_, response) => response.Write(200, "", "application/vnd.oci.image.manifest.v1+json", ("Docker-Content-Digest", Gate.Digest)));
        ImageReference repository = ImageReference.Parse($"{registry.Authority}/order");
        ProvenDeployment proven = Gate.Proven(revision: await _gate.Manifests.HeadAsync("main"));
        proven = new ProvenDeployment(new Deployment(new PublishedImage(repository.WithTag(Gate.Tag), Gate.Digest, proven.Deployment.Image.Image), Absolute(Gate.Environment("staging")), proven.Deployment.Revision, true, "old"), "200");
        await new RecordProof().RunAsync(proven, _gate.Context().Context, CancellationToken.None);
        _cli.Variables["JENKINS_URL"] = "https://jenkins.example.com/";
        _cli.Variables["APPROVED_BY"] = "ann";
        int exitCode = await _cli.RunAsync(new OrderTemplate(Environments(), repository), "promote", "--output", "plain");
        Assert.True(exitCode == 0, _cli.Output + _cli.Error);
        Assert.Equal($"image:\n  tag: {Gate.Tag}\n", await _gate.Manifests.ShowAsync("apps/order/values-prod.yaml"));
        string message = await _gate.Manifests.RunAsync("log", "-1", "--format=%B", "main");
        Assert.Contains("Approved-By: ann\nProven-In: staging\n", message, StringComparison.Ordinal);
        Assert.Contains("Approval-Method: host\n", message, StringComparison.Ordinal);
        Assert.Contains("refs/pipelines/proven/order/prod", await _gate.RefsAsync());
    }

    [Fact]
    public async Task Promote_TemplateWithout_SaysSo()
    {
        Assert.Equal(2, await _cli.RunAsync(new SampleTemplate(), "promote"));
        Assert.Contains("has nothing to promote", _cli.Error, StringComparison.Ordinal);
    }

    private DeploymentEnvironment Absolute(DeploymentEnvironment environment) => environment with { Manifest = environment.Manifest with { Repository = _gate.Manifests.Path } };

    private DeploymentEnvironment[] Environments() => [Absolute(Gate.Environment("staging")), _gate.Prod];

    private Task<Approval> Start(CancellationToken cancellationToken = default) =>
        new Core.Approve(_gate.Prod).RunAsync(Gate.Proven(), _gate.Context(SteppingTime.FromNow()).Context, cancellationToken);

    private Task<int> ApproveAsync(params string[] arguments) => _cli.RunAsync(new OrderTemplate(Environments(), ImageReference.Parse("registry.example.com/order")), ["approve", "--live", .. arguments]);

    private sealed class OrderTemplate(IReadOnlyList<DeploymentEnvironment> environments, ImageReference repository) : PipelineTemplate
    {
        public override string Name => "order";

        public override SettingsSchema Schema { get; } = new();

        public override Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("not this one");

        public override Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult(environments);

        public override Task<PromotionParts?> PromotionAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<PromotionParts?>(new PromotionParts(
            environments,
            repository,
            new RegistryCredentials.Anonymous(),
            (pipeline, synced, environment) => pipeline.Add($"prove {environment.Name}", synced, (deployment, _, _) => Task.FromResult(new ProvenDeployment(deployment, "seen")))));
    }
}
