using Pipelines.Core.Tests.Stages.Verify;
using Pipelines.Testing;
using static Pipelines.Core.Tests.Clients.ArgoCd.ScriptedArgoCd;

namespace Pipelines.Core.Tests.Stages.Deploy;

/// <summary>What others do to a deployment on its way: to the manifest repository, to Argo CD, to the way back.</summary>
public class FaultsOnTheWayTests
{
    private static string Deployed(string tag) => $"image:\n  tag: {tag}\n";

    [Fact]
    public async Task Run_ArgoCdIsDownForAMomentInTheMiddle_GoesOn()
    {
        var down = new Answer(503, "no healthy upstream");
        using Rollout rollout = await Rollout.CreateAsync([App("OutOfSync", new string('0', 40), "Healthy"), down, down, down, App("Synced", Rollout.Ours, "Healthy")]);
        Assert.Equal(RunStatus.Succeeded, (await rollout.RunAsync()).Status);
    }

    [Fact]
    public async Task Run_NewerCommitTakesOurPlace_EndsAndTheUndoLeavesItAlone()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Between = async _ => await rollout.PushByHandAsync(Deployed("newer"));
        RunResult result = await rollout.RunAsync();
        Assert.Contains("A newer deployment took the place of", Failure(result, "sync staging").What, StringComparison.Ordinal);
        await AssertLeftAloneAsync(rollout, result, "newer");
    }

    [Fact]
    public async Task Run_BranchRewrittenBetweenFetchAndPush_LandsOnTheNewHistory()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the hook is a shell script");
        using Rollout rollout = await Rollout.CreateAsync();
        string rewritten = await rollout.PushByHandAsync(Deployed("another"), rewrites: true, branch: "rewritten");
        rollout.Manifests.Hook("pre-receive", "test -e won || { touch won; unset GIT_QUARANTINE_PATH; git update-ref refs/heads/main refs/heads/rewritten; }\n");
        RunResult result = await rollout.RunAsync();
        Assert.Equal(RunStatus.Succeeded, result.Status);
        Assert.Equal(rewritten, await rollout.Manifests.HeadAsync("main^"));
        Assert.Equal(Deployed(Rollout.Tag), await rollout.Manifests.ShowAsync(Rollout.File));
    }

    [Fact]
    public async Task Run_BranchRewrittenWhileWaiting_EndsAtOnceAndLeavesItAlone()
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Between = async _ => await rollout.PushByHandAsync(Deployed("another"), rewrites: true);
        RunResult result = await rollout.RunAsync();
        Assert.Contains("where another tag is set", Failure(result, "sync staging").Evidence, StringComparison.Ordinal);
        Assert.Contains(rollout.Events.Events.OfType<RunEvent.StageLogged>(), told => told.Text.StartsWith("Somebody has rewritten the branch 'main' of manifests.git", StringComparison.Ordinal));
        await AssertLeftAloneAsync(rollout, result, "another");
    }

    [Fact]
    public async Task Run_BranchRewrittenWithOurTag_GoesOn() // a history that was squashed
    {
        using Rollout rollout = await Rollout.CreateAsync();
        rollout.Between = async _ => await rollout.PushByHandAsync(Deployed(Rollout.Tag), rewrites: true);
        Assert.Equal(RunStatus.Succeeded, (await rollout.RunAsync()).Status);
    }

    [Fact]
    public async Task Undo_BranchRewrittenSince_BringsBackWhatIsKnown()
    {
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        rollout.Between = async _ => await rollout.PushByHandAsync(Deployed(Rollout.Tag), rewrites: true);
        await rollout.UndoneAsync();
        Assert.True(await rollout.BlocksAsync());
    }

    [Fact]
    public async Task Undo_BranchRewrittenAndTheDigestOfBeforeIsGone_SaysWhatToDoByHand()
    {
        string file = $"image:\n  tag: {Rollout.Tag}\n  digest: {Rollout.Digest}\n";
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        rollout.DigestKey = "image.digest";
        await rollout.PushByHandAsync("image:\n  tag: old\n  digest: sha256:old\n");
        rollout.Between = async _ => await rollout.PushByHandAsync(file, rewrites: true);
        UndoResult undo = Assert.Single((await rollout.RunAsync()).Undos);
        Assert.Contains("is in the history of 'main' no more, so what it replaced is not known.", undo.Failure!.What, StringComparison.Ordinal);
        Assert.Contains($"Set 'image.tag' and 'image.digest' in '{Rollout.File}' by hand to what shall run; before this run it was old.", undo.Failure.Advice, StringComparison.Ordinal);
        Assert.Equal(file, await rollout.Manifests.ShowAsync(Rollout.File));
    }

    [Fact]
    public async Task Undo_ProtectedBranch_FailsAndSaysSo()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the hook is a shell script");
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        rollout.Between = _ =>
        {
            rollout.Manifests.Hook("pre-receive", "echo 'GH006: Protected branch update failed' >&2; exit 1\n");
            return Task.CompletedTask;
        };
        UndoResult undo = Assert.Single((await rollout.RunAsync()).Undos);
        Assert.Contains("The server declined the push to 'main'", undo.Failure!.What, StringComparison.Ordinal);
        Assert.Contains("deliver by pull request", undo.Failure.Advice, StringComparison.Ordinal);
        Assert.Equal(Deployed(Rollout.Tag), await rollout.Manifests.ShowAsync(Rollout.File));
    }

    [Fact]
    public async Task Deploy_TokenWithoutRights_NamesTheSettingAndDeploysNothing()
    {
        using var server = new AnswerServer("403 Forbidden\nremote: Write access to repository not granted.");
        using var directory = new TemporaryDirectory();
        var context = new RecordingContext(directory.Path, RunMode.Live, secrets: new Dictionary<string, string> { ["env://MANIFEST_TOKEN"] = "a-token-that-may-only-read" });
        DeploymentEnvironment environment = new()
        {
            Name = "staging",
            App = "order",
            Manifest = new ManifestTarget { Repository = server.Url + "manifests.git", File = Rollout.File, Token = SecretReference.Parse("env://MANIFEST_TOKEN") },
        };
        GitException error = await Assert.ThrowsAsync<GitException>(() => new DeployManifest(environment).RunAsync(Rollout.Image(), context.Context, CancellationToken.None));
        Assert.Equal((GitFailure.Authentication, FailureKind.MissingPrerequisite, false), (error.Failure, error.Kind, error.IsImageAtFault));
        Assert.Contains("manifest.token", error.Advice, StringComparison.Ordinal);
        Assert.DoesNotContain("a-token-that-may-only-read", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_WhatIsBackDoesNotAnswer_IsReportedAndStands()
    {
        using Rollout rollout = await Rollout.CreateAsync(service: ["503 Service Unavailable\nno database"]);
        rollout.SmokeUrl = rollout.Service;
        UndoResult undo = await rollout.UndoneAsync();
        Assert.Contains("but it does not answer well: ", undo.Report!.Summary, StringComparison.Ordinal);
    }

    private static Failure Failure(RunResult result, string stage) => Assert.IsType<StageOutcome.Failed>(result.Stages.Single(one => one.Stage.Name == stage).Outcome).Failure;

    private static async Task AssertLeftAloneAsync(Rollout rollout, RunResult result, string tag)
    {
        UndoResult undo = Assert.Single(result.Undos);
        Assert.False(undo.Report!.Changed);
        Assert.Contains($"somebody has set {tag} since", undo.Report.Summary, StringComparison.Ordinal);
        Assert.Equal(Deployed(tag), await rollout.Manifests.ShowAsync(Rollout.File));
        Assert.False(await rollout.BlocksAsync());
    }
}
