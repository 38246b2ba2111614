using System.Text.Json;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>What a person on call does: look, go back, let in again.</summary>
public sealed class OnCallTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Commands_AfterABadDeploy_TellBlockAndLetInAgain()
    {
        string first = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        string second = _service.Commit("Second");
        ServiceRun failed = await _service.DeployAsync("--sandbox-fault", "smoke", "--set", "smoke.timeout=1s");
        failed.Ended(1);
        Assert.Contains("is blocked in staging from now on", failed.Output, StringComparison.Ordinal);
        Assert.Matches($"is back at {first} .*and Argo CD runs it: .*it answers with 200", failed.Output);

        // The very same commit does not come back by itself, and the message says what to do.
        ServiceRun again = await _service.DeployAsync();
        again.Ended(1);
        Assert.Contains($"order-service {second} was rolled back in 'staging' and is blocked there, so it was not deployed again.", again.Output, StringComparison.Ordinal);
        Assert.Contains("because 'smoke staging' failed", again.Output, StringComparison.Ordinal);
        Assert.Contains("unblock --env staging --reason", again.Output, StringComparison.Ordinal);
        Assert.Contains(first, _service.Manifest(), StringComparison.Ordinal);

        ServiceRun status = await _service.RunAsync("status");
        status.Ended(0);
        Assert.StartsWith($"staging: {first}\n  digest   sha256:", status.Output, StringComparison.Ordinal);
        Assert.Contains($" {second} since ", status.Output, StringComparison.Ordinal);
        using (var json = JsonDocument.Parse((await _service.RunAsync("status", "--json")).Output))
        {
            JsonElement staging = json.RootElement[0];
            Assert.Equal((first, "Undo", second), (staging.GetProperty("tag").GetString(), staging.GetProperty("lastChange").GetProperty("kind").GetString(), staging.GetProperty("blocked")[0].GetProperty("tag").GetString()));
        }

        (await _service.RunAsync("unblock", "--env", "staging")).Refused(2, "needs a reason");
        (await _service.RunAsync("unblock", "--env", "staging", "--digest", "nothing", "--reason", "x")).Refused(2, "'nothing' is not blocked in 'staging'", second);
        ServiceRun unblocked = await _service.RunAsync("unblock", "--env", "staging", "--reason", "the sandbox was told to fail");
        unblocked.Ended(0);
        Assert.Contains($"order-service {second} may be deployed to staging again", unblocked.Output, StringComparison.Ordinal);
        (await _service.RunAsync("unblock", "--env", "staging", "--reason", "x")).Refused(2, "Nothing of order-service is blocked in 'staging'.");
        (await _service.DeployAsync()).Ended(0);
        Assert.Contains(second, _service.Manifest(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_ToTheVersionBefore_WaitsBlocksAndIsTold()
    {
        string first = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        string before = _service.Manifest();
        string second = _service.Commit("Second");
        (await _service.DeployAsync()).Ended(0);

        (await _service.RunAsync("rollback", "--env", "staging")).Refused(2, "here is nobody to ask", "rollback --yes");
        (await _service.RunAsync("rollback", "--env", "staging", "--yes", "--to", "v0")).Refused(1, "'staging' was not rolled back: it never ran 'v0'.", first, "history --env staging");
        ServiceRun run = await _service.RunAsync("rollback", "--env", "staging", "--yes", "--reason", "orders are lost");
        run.Ended(0);
        Assert.Contains($"goes from {second} back to {first}", run.Output, StringComparison.Ordinal);
        Assert.Contains("and Argo CD runs it: ", run.Output, StringComparison.Ordinal);
        Assert.Equal(before, _service.Manifest());
        Assert.Equal("orders are lost", _service.ManifestLog("-1", "--format=%b").Split('\n')[0]);

        ServiceRun again = await _service.DeployAsync();
        again.Ended(1);
        Assert.Contains("because orders are lost", again.Output, StringComparison.Ordinal);
        (await _service.RunAsync("rollback", "--env", "staging", "--yes", "--to", second[..8])).Refused(1, "was rolled back in 'staging' and is blocked there");

        ServiceRun history = await _service.RunAsync("history", "--env", "staging", "--limit", "3");
        history.Ended(0);
        string[] lines = history.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(4, lines.Length);
        Assert.Contains($"rolled back to {first}", lines[1], StringComparison.Ordinal);
        Assert.Contains($"deployed       {second}", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Rollback_PersonAtTheTerminal_IsAskedAndOnlyTheNameCounts()
    {
        string first = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        string before = _service.Manifest();
        _service.Commit("Second");
        (await _service.DeployAsync()).Ended(0);
        string now = _service.Manifest();
        foreach (string typed in (string[])["yes\n", "\n", "", "Staging\n"])
        {
            ServiceRun refused = await _service.AnswerAsync(typed, "rollback", "--env", "staging");
            refused.Ended(130);
            Assert.Contains($"back to {first}", refused.Output, StringComparison.Ordinal); // what is asked about comes before the question
            Assert.EndsWith("Go back? Type the environment's name ('staging'): " + (typed.Length == 0 ? "\n" : "") + "Nothing was changed.", refused.Output.TrimEnd().ReplaceLineEndings("\n"), StringComparison.Ordinal);
            Assert.Equal(now, _service.Manifest());
        }

        (await _service.AnswerAsync("staging\n", "rollback", "--env", "staging")).Ended(0);
        Assert.Equal(before, _service.Manifest());
    }

    [Fact]
    public async Task Rollback_OverAMigrationThatCannotBeReversed_NeedsAPersonsWord()
    {
        (await _service.DeployAsync()).Ended(0);
        string before = _service.Manifest(Service.ProdManifestFile);
        _service.Commit("Second");
        (await _service.DeployAsync()).Ended(0);
        string manifests = _service.In(".pipelines/sandbox/manifests.git");
        string message = _service.ManifestLog("-1", "--format=%B").Trim() + "\nMigration: irreversible"; // as MigrateDatabase has it written
        string migrated = _service.Git("-c", "user.name=Tester", "-c", "user.email=tester@example.com", "--git-dir", manifests, "commit-tree", "main^{tree}", "-p", "main^", "-m", message).Trim();
        _service.Git("--git-dir", manifests, "update-ref", "refs/heads/main", migrated);

        foreach (string[] arguments in (string[][])[["rollback", "--env", "prod", "--yes"], ["rollback", "--env", "prod"]])
        {
            ServiceRun refused = await _service.AnswerAsync("prod\n", arguments);
            refused.Refused(1, "a database migration that cannot be reversed ran since", "--accept-migration");
            Assert.DoesNotContain("Go back?", refused.Output, StringComparison.Ordinal); // refused before anybody is asked
        }

        (await _service.AnswerAsync("no\n", "rollback", "--env", "prod", "--accept-migration")).Ended(130); // it is no --yes
        Assert.NotEqual(before, _service.Manifest(Service.ProdManifestFile));
        (await _service.RunAsync("rollback", "--env", "prod", "--accept-migration", "--yes")).Ended(0);
        Assert.Equal(before, _service.Manifest(Service.ProdManifestFile));
    }

    [Fact]
    public async Task Status_TwoEnvironments_NamesTheCommitsBetween()
    {
        _service.Pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel) { Environments = [new("staging"), new("qa")] };
        (await _service.DeployAsync()).Ended(0);
        _service.Commit("Second");
        (await _service.DeployAsync("--stage", "deploy staging")).Ended(0);
        ServiceRun status = await _service.RunAsync("status");
        status.Ended(0);
        Assert.Contains("lacks    1 commit of staging", status.Output, StringComparison.Ordinal);
        Assert.Contains(": Second", status.Output, StringComparison.Ordinal);
        (await _service.RunAsync("rollback", "--yes")).Refused(2, "Which environment is meant?", "staging, qa");
        (await _service.RunAsync("status", "--env", "stging")).Refused(2, "Did you mean 'staging'?");
    }

    [Fact]
    public async Task Status_NothingDeployedYet_SaysSo() => (await _service.RunAsync("status")).Refused(2, "Nothing was deployed in the sandbox of this checkout yet.");

    [Fact]
    public async Task Run_OlderCommit_IsRefusedUnlessAskedFor()
    {
        string first = _service.Head;
        _service.Commit("Second");
        (await _service.DeployAsync()).Ended(0);
        _service.Git("checkout", "-q", first);
        ServiceRun refused = await _service.DeployAsync();
        refused.Ended(1);
        Assert.Contains("'staging' runs a newer commit of order-service than this one, so it was not overwritten.", refused.Output, StringComparison.Ordinal);
        (await _service.DeployAsync("--allow-older")).Ended(0);
        Assert.Contains(first, _service.Manifest(), StringComparison.Ordinal);
    }
}
