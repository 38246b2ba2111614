using System.Text.Json;
using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy.Settings;

public sealed class MigrateSettingsTests : IDisposable
{
    private static readonly string[] Irreversible =
        ["--set", "migrate.command=alembic upgrade head", "--set", "migrate.rollback=irreversible", "--set", "migrate.decision=restore the backup of 03:00, or fix forward"];

    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Plan_Command_MigratesEachEnvironmentBeforeItsDeployment()
    {
        Dictionary<string, JsonElement> plan = await _service.LivePlanAsync("migrate.command=python -m migrate \"--to the {environment} head\"", "migrate.rollback=reversible", "migrate.down=python -m migrate --to 41", "migrate.database=orders", "migrate.timeout=5m");
        Assert.Equal("migrates orders by 'python -m migrate '--to the prod head''; taken back by 'python -m migrate --to 41'", plan["migrate prod"].GetProperty("description").GetString());
        Assert.Equal(["database/prod/orders"], Names(plan["migrate prod"], "locks"));
        Assert.Equal(["lock prod", "approve prod"], Names(plan["migrate prod"], "inputs")); // nothing happens to prod's database before somebody let the image in
        Assert.Equal(["migrate prod", "record staging", "approve prod"], Names(plan["deploy prod"], "inputs"));
        Assert.Equal(["lock staging"], Names(plan["migrate staging"], "inputs"));
        Assert.Equal(["migrate staging"], Names(plan["deploy staging"], "inputs"));
        Assert.Contains("main", plan["migrate staging"].GetProperty("conditions").GetRawText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Plan_Job_IsOfItsEnvironment() =>
        Assert.Equal("migrates order-service by the Job in deploy/migrate-prod.yaml; the version before runs on it as well", (await _service.LivePlanAsync("migrate.job=deploy/migrate-{environment}.yaml", "migrate.rollback=compatible"))["migrate prod"].GetProperty("description").GetString());

    [Fact]
    public async Task Plan_ScriptsMigration_WinsOverTheSettings()
    {
        _service.Pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel)
        {
            Environments = [new("staging") { Migration = new DeployMigration(new MigrationWork.Run(new Command("flyway", "migrate")), new MigrationRollback.Compatible()) { Database = "orders" } }, new("qa")],
        };
        Dictionary<string, JsonElement> plan = await _service.LivePlanAsync("migrate.command=alembic upgrade head", "migrate.rollback=compatible");
        Assert.StartsWith("migrates orders by 'flyway migrate'", plan["migrate staging"].GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("migrates order-service by 'alembic upgrade head'", plan["migrate qa"].GetProperty("description").GetString(), StringComparison.Ordinal);
        Assert.Equal(["smoke staging"], Names(plan["migrate qa"], "after"));
    }

    [Fact]
    public async Task Run_Sandbox_SimulatesAndTheCommitTellsRollbackWhatCannotBeTakenBack()
    {
        string first = _service.Head;
        (await _service.DeployAsync()).Ended(0);
        _service.Commit("Second");
        ServiceRun run = await _service.DeployAsync(Irreversible);
        run.Ended(0);
        Assert.Contains("Simulated: the sandbox has no database to migrate.", run.Output, StringComparison.Ordinal);
        Assert.Contains("SIMULATED, order-service was not migrated", run.Summary, StringComparison.Ordinal);
        Assert.Contains("Migration: irreversible", _service.ManifestLog("-1", "--format=%B"), StringComparison.Ordinal);

        ServiceRun refused = await _service.RunAsync(["rollback", "--env", "prod", "--yes", .. Irreversible]);
        refused.Ended(1);
        Assert.Contains("--accept-migration", refused.Error, StringComparison.Ordinal);
        (await _service.RunAsync(["rollback", "--env", "prod", "--yes", "--accept-migration", .. Irreversible])).Ended(0);
        Assert.Contains(first, _service.Manifest(Service.ProdManifestFile), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Promote_WithAMigration_MigratesBeforeItDeploys()
    {
        (await _service.DeployAsync([.. Irreversible, "--stage", "record staging"])).Ended(0);
        ServiceRun run = await _service.RunAsync(["promote", .. Irreversible]);
        run.Ended(0);
        Assert.Matches("migrate prod +✓ succeeded", run.Output);
        Assert.Contains("Migration: irreversible", _service.ManifestLog("-1", "--format=%B"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_WrongMigration_IsToldAtOnceAlsoInTheSandbox() =>
        (await _service.RunAsync("--set", "migrate.command=alembic upgrade head", "--set", "migrate.job=job.yaml", "--set", "migrate.rollback=irreversible", "--set", "migrate.down=alembic downgrade 41", "--set", "migrate.secrets=DATABASE_URL=env://DB"))
            .Refused(2, "4 settings are wrong.", "migrate.command and migrate.job are both set", "migrate.down is set, and migrate.rollback is not reversible", "migrate.decision is not set", "a Job takes its secrets from the cluster");

    [Theory]
    [InlineData("migrate.rollback is not set", "migrate.command=alembic upgrade head")]
    [InlineData("migrate.down is not set", "migrate.command=alembic upgrade head", "migrate.rollback=reversible")]
    [InlineData("'maybe' is none of compatible, reversible, irreversible", "migrate.command=alembic upgrade head", "migrate.rollback=maybe")]
    [InlineData("migrate.rollback is set, and neither migrate.command nor migrate.job is", "migrate.rollback=compatible")]
    [InlineData("a quote has no end", "migrate.command=alembic \"upgrade", "migrate.rollback=compatible")]
    [InlineData("write NAME=reference", "migrate.command=alembic", "migrate.rollback=compatible", "migrate.secrets=env://DB")]
    public async Task Run_WrongSetting_IsRefused(string why, params string[] settings) => (await _service.LiveAsync("run", settings)).Refused(2, why);

    [Fact]
    public async Task Run_SecretInMigrateSecrets_IsNotRepeated()
    {
        ServiceRun run = await _service.LiveAsync("run", "migrate.command=alembic", "migrate.rollback=compatible", "migrate.secrets=DATABASE_URL=hunter22hunter22");
        run.Refused(2, "This is no secret reference");
        Assert.DoesNotContain("hunter22", run.All, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Doctor_JobNotThere_SaysSo() =>
        Assert.Matches(@"MISSING +migrate.job \(prod\) +there is no deploy/migrate.yaml", (await _service.LiveAsync("doctor", "migrate.job=deploy/migrate.yaml", "migrate.rollback=compatible")).Output);

    private static string[] Names(JsonElement stage, string property) => [.. stage.GetProperty(property).EnumerateArray().Select(name => name.GetString()!)];
}
