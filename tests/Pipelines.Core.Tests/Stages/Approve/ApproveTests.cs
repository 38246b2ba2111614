using Pipelines.Core.Hosts;
using Pipelines.Core.Tests.Clients;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Approve;

/// <summary>The terminal and the hosts' gates.</summary>
public sealed class ApproveTests : IAsyncLifetime
{
    private Gate _gate = null!;

    public async ValueTask InitializeAsync()
    {
        _gate = await Gate.CreateAsync();
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy() };
    }

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Terminal_EnvironmentsNameAndReason_Approves()
    {
        string shown = "";
        RecordingContext context = _gate.Context(terminal: text =>
        {
            shown += text;
            return text.Contains("Reason", StringComparison.Ordinal) ? "looks good" : "prod";
        });
        Approval approval = await RunAsync(context);
        Assert.Equal(("ann", "looks good", ApprovalMethod.Terminal), (approval.ApprovedBy, approval.Reason, approval.Method));
        Assert.Contains(Gate.Digest, shown, StringComparison.Ordinal);
        Assert.Contains("runs now  old", shown, StringComparison.Ordinal);
        Assert.Contains("under the account 'ann' of this machine", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_No_Refuses() =>
        Assert.Equal(ApprovalFailure.Refused, (await FailAsync(_gate.Context(terminal: _ => "no"))).Failure);

    [Theory]
    [InlineData("yes", "no usable answer in 3 tries")]
    [InlineData(null, "its input has ended")]
    public async Task Terminal_OtherAnswers_ApproveNothing(string? answer, string why) =>
        Assert.Contains(why, (await FailAsync(_gate.Context(terminal: _ => answer))).Evidence, StringComparison.Ordinal);

    [Fact]
    public async Task Terminal_OnCi_IsNeverAsked()
    {
        ApprovalException error = await FailAsync(_gate.Context(host: "CodeBuild", terminal: _ => throw new InvalidOperationException("asked")));
        Assert.Equal((ApprovalFailure.NoWay, FailureKind.MissingPrerequisite), (error.Failure, error.Kind));
        Assert.Contains("terminal: not on a CI system", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("CodeBuild does not tell who opens its gates", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("signature: no allowed-signers file is configured", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_OwnChangeForbidden_IsNotAsked()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { ForbidsOwnChanges = true } };
        ApprovalException error = await FailAsync(_gate.Context(actor: null, terminal: _ => throw new InvalidOperationException("asked")));
        Assert.Equal(ApprovalFailure.NotAllowed, error.Failure);
        Assert.Contains("ann started the run, and nobody approves a change of their own", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task OwnChangesForbidden_StarterUnknown_FailsAndSaysWhatToDo()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { ForbidsOwnChanges = true } };
        ApprovalException error = await FailAsync(_gate.Context(host: "Jenkins", actor: null));
        Assert.Contains("who started this run is not known", error.What, StringComparison.Ordinal);
        Assert.Contains("build-user-vars", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitLab_ManualJob_TakesWhoStartedIt()
    {
        Approval approval = await RunAsync(_gate.Context(host: "GitLab CI"), ("CI_JOB_MANUAL", "true"), ("GITLAB_USER_LOGIN", "ann-gl"), ("CI_ENVIRONMENT_NAME", "prod"));
        Assert.Equal(("ann-gl", ApprovalMethod.Host), (approval.ApprovedBy, approval.Method));
        Assert.Contains("a job's own definition can set them", approval.Proof, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("CI_JOB_MANUAL is not 'true'", "GITLAB_USER_LOGIN=ann")]
    [InlineData("GITLAB_USER_LOGIN is not set", "CI_JOB_MANUAL=true")]
    [InlineData("is for the environment 'staging', not for 'prod'", "CI_JOB_MANUAL=true", "GITLAB_USER_LOGIN=ann", "CI_ENVIRONMENT_NAME=staging")]
    public async Task GitLab_NotAGateOfThisEnvironment_NamesNobody(string why, params string[] variables) =>
        Assert.Contains(why, (await FailAsync(_gate.Context(host: "GitLab CI"), Pairs(variables))).Evidence, StringComparison.Ordinal);

    [Fact]
    public async Task Jenkins_SubmitterVariable_IsWhoApproved()
    {
        Assert.Equal("ann", (await RunAsync(_gate.Context(host: "Jenkins"), ("APPROVED_BY", "ann"))).ApprovedBy);
        Assert.Contains("submitterParameter 'APPROVED_BY'", (await FailAsync(_gate.Context(host: "Jenkins"))).Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Host_WhoMayNot_IsTold()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { Approvers = ["dora"] } };
        ApprovalException error = await FailAsync(_gate.Context(host: "Jenkins"), ("APPROVED_BY", "ann"));
        Assert.Equal(ApprovalFailure.NotAllowed, error.Failure);
        Assert.Contains("ann may not approve; those who may: dora", error.Evidence, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GitHub_WithoutToken_ActorOfAPushIsNobodysApproval()
    {
        ApprovalException error = await FailAsync(_gate.Context(host: "GitHub Actions"), ("GITHUB_ACTOR", "ann"), ("GITHUB_EVENT_NAME", "push"));
        Assert.Contains("GITHUB_ACTOR is who pushed", error.Evidence, StringComparison.Ordinal);
        (string, string)[] byHandOfAnybody = [("GITHUB_ACTOR", "ann"), ("GITHUB_EVENT_NAME", "workflow_dispatch")];
        ApprovalException weak = await FailAsync(_gate.Context(host: "GitHub Actions"), byHandOfAnybody);
        Assert.Equal(ApprovalFailure.NoWay, weak.Failure);
        Assert.Contains("counts only where the approvers are named", weak.Evidence, StringComparison.Ordinal);
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { Approvers = ["ann"] } };
        Approval byHand = await RunAsync(_gate.Context(host: "GitHub Actions"), byHandOfAnybody);
        Assert.Equal("ann", byHand.ApprovedBy);
        Assert.Contains("was not asked", byHand.Proof, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"state":"approved","comment":"ok","user":{"login":"ann"},"environments":[{"name":"prod"}]}]""", "ann", null)]
    [InlineData("""[{"state":"approved","comment":"","user":{"login":"ann"},"environments":[{"name":"staging"}]}]""", null, "nobody reviewed the environment 'prod'")]
    [InlineData("[]", null, "nobody reviewed the environment 'prod'")]
    [InlineData("""[{"state":"rejected","comment":"no","user":{"login":"ann"},"environments":[{"name":"prod"}]}]""", null, "ann refused")]
    [InlineData("""{"message":"?"}""", null, "answered something that is not its API")]
    public async Task GitHub_WithToken_AsksForTheReviews(string answer, string? by, string? why)
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { HostToken = SecretReference.Parse("env://GH") } };
        await using var server = new ScriptedServer((request, response) => response.Write(request["Authorization"] == "Bearer t0ken" && request.Path == "/repos/example/order/actions/runs/7/approvals" ? 200 : 404, answer));
        (string, string)[] variables = [("GITHUB_REPOSITORY", "example/order"), ("GITHUB_RUN_ID", "7"), ("GITHUB_API_URL", server.Address.AbsoluteUri)];
        RecordingContext context = _gate.Context(host: "GitHub Actions", secrets: new Dictionary<string, string> { ["env://GH"] = "t0ken" });
        if (by is not null)
            Assert.Equal((by, "ok"), ((await RunAsync(context, variables)).ApprovedBy, "ok"));
        else
            Assert.Contains(why!, (await Assert.ThrowsAnyAsync<PipelineException>(() => RunAsync(context, variables))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyCan_ToEndWaiting_EndsWaitingAndSaysHowToGoOn()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { WhenNobodyCan = ApprovalFallback.EndWaiting } };
        RecordingContext context = _gate.Context(host: "CodeBuild");
        WaitingForHumanException waiting = await Assert.ThrowsAsync<WaitingForHumanException>(() => RunAsync(context));
        Assert.Contains($"'staging' runs order {Gate.Tag} and has proven it", waiting.What, StringComparison.Ordinal);
        Assert.EndsWith("dotnet run --project build -- promote --from staging --to prod", waiting.What, StringComparison.Ordinal);
        foreach (string part in (string[])["CodeBuild does not tell who opens its gates", "no allowed-signers file is configured", "open a way"])
            Assert.Contains(part, context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task NobodyCan_ToEndWaitingButSomebodyRefusesOrMayNot_Fails()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { WhenNobodyCan = ApprovalFallback.EndWaiting, Approvers = ["dora"] } };
        Assert.Equal(ApprovalFailure.NotAllowed, (await FailAsync(_gate.Context(host: "Jenkins"), ("APPROVED_BY", "ann"))).Failure);
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { WhenNobodyCan = ApprovalFallback.EndWaiting } };
        Assert.Equal(ApprovalFailure.Refused, (await FailAsync(_gate.Context(terminal: _ => "no"))).Failure);
    }

    [Fact]
    public async Task Simulated_LiveRun_IsRefused()
    {
        _gate.Prod = _gate.Prod with { Approval = new ApprovalPolicy { Methods = ApprovalMethod.Simulated } };
        Assert.Contains("only the sandbox may", (await FailAsync(_gate.Context())).Evidence, StringComparison.Ordinal);
        Approval approval = await RunAsync(new RecordingContext(_gate.Directory.Path, RunMode.Sandbox));
        Assert.Equal((ApprovalMethod.Simulated, "simulated: nobody was asked"), (approval.Method, approval.Proof));
    }

    [Fact]
    public void New_PolicyThatCannotWork_IsTold()
    {
        Assert.Contains("more than zero", Assert.Throws<InvalidUsageException>(() => new Core.Approve(_gate.Prod with { Approval = new ApprovalPolicy { Timeout = TimeSpan.Zero } })).What, StringComparison.Ordinal);
        Assert.Contains("opens no way", Assert.Throws<InvalidUsageException>(() => new Core.Approve(_gate.Prod with { Approval = new ApprovalPolicy { Methods = ApprovalMethod.None } })).What, StringComparison.Ordinal);
    }

    private static (string, string)[] Pairs(string[] variables) => [.. variables.Select(variable => variable.Split('=')).Select(pair => (pair[0], pair[1]))];

    private async Task<ApprovalException> FailAsync(RecordingContext context, params (string Name, string Value)[] variables) => await Assert.ThrowsAsync<ApprovalException>(() => RunAsync(context, variables));

    private Task<Approval> RunAsync(RecordingContext context, params (string Name, string Value)[] variables) =>
        new Core.Approve(_gate.Prod) { Variables = HostEnvironment.Of(variables.ToDictionary(pair => pair.Name, pair => pair.Value)) }.RunAsync(Gate.Proven(), context.Context, CancellationToken.None);
}
