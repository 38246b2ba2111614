using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy.Settings;

public sealed class ApprovalSettingsTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Plan_ApprovalSettings_AreTheGateOfProd()
    {
        string gate = await GateAsync("approval.approvers=ann@example.com, bob", "approval.timeout=8h", "approval.methods=signature,host", "approval.signers=approvals/allowed-signers");
        Assert.Equal("waits until one of ann@example.com, bob approves (host, signature), for 8 h", gate);
    }

    [Fact]
    public async Task Plan_ApproversOfTheEnvironment_WinOverThoseForAll() =>
        Assert.StartsWith("waits until one of dora approves", await GateAsync("approval.approvers=ann", "prod.approvers=dora"), StringComparison.Ordinal);

    [Fact]
    public async Task Plan_ScriptsPolicy_IsWhatTheSettingsStartFrom()
    {
        _service.Pipeline = With(new ApprovalPolicy { Approvers = ["@leads"], Teams = new Dictionary<string, IReadOnlyList<string>> { ["leads"] = ["ann"] }, Timeout = TimeSpan.FromHours(2), Methods = ApprovalMethod.Host });
        Assert.Equal("waits until one of @leads approves (host), for 2 h", await GateAsync("approval.approvers=bob"));
        Assert.Equal("waits until one of carl approves (terminal), for 3 h", await GateAsync("prod.approvers=carl", "approval.timeout=3h", "approval.methods=terminal"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Of_EverySetting_IsInThePolicy(bool script)
    {
        var pipeline = script ? With(new ApprovalPolicy { Approvers = ["ann"] }) : new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel);
        pipeline.Settings["approval.forbid-own-changes"] = "true";
        pipeline.Settings["approval.require-reason"] = "true";
        pipeline.Settings["approval.signers"] = "approvals/allowed-signers";
        pipeline.Settings["approval.signers-repository"] = "https://git.example.com/governance.git";
        pipeline.Settings["approval.signers-branch"] = "trunk";
        pipeline.Settings["approval.signers-token"] = "env://GOVERNANCE_TOKEN";
        pipeline.Settings["approval.host-environment"] = "{environment}-eu";
        pipeline.Settings["approval.host-token"] = "env://GITHUB_TOKEN";
        ApprovalPolicy policy = await PolicyAsync(pipeline);
        Assert.True(policy is { ForbidsOwnChanges: true, RequiresReason: true, HostEnvironment: "prod-eu", WhenNobodyCan: ApprovalFallback.EndWaiting });
        Assert.Equal(SecretReference.Parse("env://GITHUB_TOKEN"), policy.HostToken);
        Assert.Equal(new ApprovalSigners("approvals/allowed-signers") { Repository = "https://git.example.com/governance.git", Branch = "trunk", Token = SecretReference.Parse("env://GOVERNANCE_TOKEN") }, policy.Signers);
        pipeline.Settings["approval.when-nobody-can"] = "fail";
        Assert.Equal(ApprovalFallback.Fail, (await PolicyAsync(pipeline)).WhenNobodyCan);
    }

    [Fact]
    public async Task Run_WrongApprovalSettings_AreAllToldAtOnce() =>
        (await _service.LiveAsync("run", "approval.signers-branch=trunk", "approval.approvers=@leads", "approval.methods=signature", "smoke.status=200"))
            .Refused(2, "3 settings are wrong.", "approval.signers-branch is set, and approval.signers, the file there, is not", "'@leads', who may approve for prod (approval.approvers), is no team", "approved by a signature alone");

    [Theory]
    [InlineData("approval.methods=terminal,phone", "'phone' is none of terminal, host, signature")]
    [InlineData("approval.approvers=,", "it names nothing")]
    [InlineData("approval.when-nobody-can=weit", "Did you mean 'wait'?")]
    [InlineData("approval.timeout=soon", "is no duration")]
    public async Task Run_BadValue_IsRefused(string setting, string why) => (await _service.LiveAsync("run", setting)).Refused(2, why);

    [Fact]
    public async Task Doctor_NoWayOpenOnThisHost_SaysWhatComesOfIt()
    {
        _service.Variables["CODEBUILD_BUILD_ID"] = "orders:1";
        _service.Variables["CI"] = "true";
        Assert.Matches("note +approval prod +nobody can approve in a run on .*it ends well before 'prod', and promote goes on", (await _service.LiveAsync("doctor")).Output);
        Assert.Matches("MISSING +approval prod +nobody can approve in a run on .*it fails", (await _service.LiveAsync("doctor", "approval.when-nobody-can=fail")).Output);
    }

    [Fact]
    public async Task Doctor_SignersFile_IsLookedUpOnItsBranch()
    {
        _service.Git("init", "--quiet", "--bare", "--initial-branch=main", _service.In(".pipelines/governance.git"));
        _service.Git("push", "--quiet", _service.In(".pipelines/governance.git"), "HEAD:main");
        string[] settings = ["approval.methods=signature", "approval.approvers=ann", "approval.signers-repository=.pipelines/governance.git"];
        Assert.Matches("MISSING +approval.signers +.*has no approvals/signers on the branch 'main'", (await _service.LiveAsync("doctor", [.. settings, "approval.signers=approvals/signers"])).Output);
        ServiceRun run = await _service.LiveAsync("doctor", [.. settings, "approval.signers=Dockerfile"]);
        Assert.Matches("approval.signers +Dockerfile is in .pipelines/governance.git, branch 'main'", run.Output);
        Assert.Matches("ok +approval prod +by a signature; by ann", run.Output);
        Assert.Matches("MISSING +approval.signers +.*'trunk'", (await _service.LiveAsync("doctor", [.. settings, "approval.signers=Dockerfile", "approval.signers-branch=trunk"])).Output);
    }

    private static DeployPipeline With(ApprovalPolicy policy) => new(Service.App, Service.EcrRepo, Service.Channel) { Environments = [new("staging"), new("prod") { IsProtected = true, Approval = policy }] };

    private async Task<string> GateAsync(params string[] settings) => (await _service.LivePlanAsync(settings))["approve prod"].GetProperty("description").GetString()!;

    private Task<ApprovalPolicy> PolicyAsync(DeployPipeline pipeline) => LiveEnvironments.OfAsync(pipeline, _service, environments => environments[1].Approval);
}
