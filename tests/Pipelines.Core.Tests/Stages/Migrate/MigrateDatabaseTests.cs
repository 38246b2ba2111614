using Pipelines.Core.Model;
using Pipelines.Core.Tests.Engine;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Migrate;

public sealed class MigrateDatabaseTests : IDisposable
{
    private static readonly MigrationRollback s_compatible = new MigrationRollback.Compatible();

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_Command_HasItsSecretsInTheEnvironmentAlone()
    {
        var context = new RecordingContext(_directory.Path, secrets: new Dictionary<string, string> { ["env://DB"] = "postgres://secret" });
        var up = new MigrationWork.Run(DummyTool.Command("environment", "DATABASE_URL")) { Secrets = new Dictionary<string, SecretReference> { ["DATABASE_URL"] = SecretReference.Parse("env://DB") } };
        PublishedImage image = Image();
        Assert.Same(image, await Stage(up).RunAsync(image, context.Context, default));
        Assert.Contains("postgres://secret", context.LogText, StringComparison.Ordinal); // the program saw it; the engine's log masks it
        Assert.Equal("orders migrated", context.Fact("migration"));
    }

    [Fact]
    public async Task RunAsync_CommandFails_SaysThatTheDatabaseMayBeHalfChanged()
    {
        MigrationFailedException error = await Assert.ThrowsAsync<MigrationFailedException>(() => Stage(new MigrationWork.Run(DummyTool.Command("exit", "3", "relation exists"))).RunAsync(Image(), Context().Context, default));
        Assert.StartsWith("The migration of 'orders' in prod failed: ", error.What, StringComparison.Ordinal);
        Assert.Contains("relation exists", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("half changed", error.Advice, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task RunAsync_CommandTakesTooLong_IsEnded()
    {
        MigrationFailedException error = await Assert.ThrowsAsync<MigrationFailedException>(() => (Stage(new MigrationWork.Run(DummyTool.Command("hang"))) with { Timeout = TimeSpan.FromMilliseconds(300) }).RunAsync(Image(), Context().Context, default));
        Assert.Contains("failed:", error.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("prod", '2', null)]
    [InlineData("prod", '3', "the approval is for something else")]
    [InlineData("qa", '2', "the approval is for something else")]
    public async Task RunAsync_ProtectedEnvironment_MigratesForItsOwnApprovalAlone(string environment, char digest, string? refused)
    {
        RecordingContext context = Context();
        var up = new MigrationWork.Run(DummyTool.Command("arguments", "migrated"));
        var approval = new Approval("sha256:" + new string(digest, 64), environment, "ann", null, default);
        if (refused is null)
            await Stage(up).RunAsync(Image(), approval, context.Context, default);
        else
            Assert.Contains(refused, (await Assert.ThrowsAsync<InvalidUsageException>(() => Stage(up).RunAsync(Image(), approval, context.Context, default))).What, StringComparison.Ordinal);
        Assert.Equal(refused is null, context.LogText.Contains("migrated", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_ProtectedEnvironmentWithoutAnApproval_IsRefused()
    {
        var pipeline = new PipelineBuilder("p");
        StageHandle<PublishedImage> image = pipeline.Add("image", (_, _) => Task.FromResult(Image()));
        pipeline.Add("migrate", new MigrateDatabase(Environment() with { IsProtected = true }, "orders", new MigrationWork.Run(DummyTool.Command("exit", "0")), s_compatible), image);
        Assert.Contains("Add MigrateDatabase with two inputs: the image and its Approval.", Assert.Throws<PipelineDefinitionException>(() => pipeline.Build()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_BranchMayNotGetThere_TouchesNothing()
    {
        RecordingContext context = Context();
        var stage = new MigrateDatabase(Environment() with { AllowedBranches = ["release/*"] }, "orders", new MigrationWork.Run(DummyTool.Command("arguments", "migrated")), s_compatible);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => stage.RunAsync(Image(), context.Context, default));
        Assert.Contains("The migration in 'prod' is refused: the branch 'main' may not get there.", error.What, StringComparison.Ordinal);
        Assert.DoesNotContain("migrated", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UndoAsync_Compatible_ChangesNothing()
    {
        UndoReport report = await Stage(new MigrationWork.Run(DummyTool.Command("exit", "1"))).UndoAsync(Image(), Context().Context, default);
        Assert.Equal((false, "The migration of 'orders' in prod stays: the version before runs on it as well."), (report.Changed, report.Summary));
    }

    [Fact]
    public async Task UndoAsync_Reversible_RunsTheWayBack()
    {
        RecordingContext context = Context();
        UndoReport report = await Stage(rollback: new MigrationRollback.Reversible(new MigrationWork.Run(DummyTool.Command("arguments", "down to 41")))).UndoAsync(Image(), context.Context, default);
        Assert.True(report.Changed);
        Assert.Contains("down to 41", context.LogText, StringComparison.Ordinal);
        MigrationFailedException error = await Assert.ThrowsAsync<MigrationFailedException>(() => Stage(rollback: new MigrationRollback.Reversible(new MigrationWork.Run(DummyTool.Command("exit", "1")))).UndoAsync(Image(), context.Context, default));
        Assert.StartsWith("Taking back the migration of 'orders' in prod failed", error.What, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "the deployment of order-service was taken back")]
    [InlineData(false, "the deployment of order-service was left as it is")]
    public async Task UndoAsync_Irreversible_SaysWhatAPersonMustDecide(bool oldVersionStillWorks, string evidence)
    {
        MigrateDatabase stage = Stage(rollback: new MigrationRollback.Irreversible("restore the backup of 03:00, or fix forward") { OldVersionStillWorks = oldVersionStillWorks });
        MigrationIrreversibleException error = await Assert.ThrowsAsync<MigrationIrreversibleException>(() => stage.UndoAsync(Image(), Context().Context, default));
        Assert.Contains("a person must decide", error.What, StringComparison.Ordinal);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.Equal("To decide: restore the backup of 03:00, or fix forward", error.Advice);
        Assert.Equal(!oldVersionStillWorks, stage.KeepsLaterEffects);
    }

    [Fact]
    public void New_IrreversibleWithoutADecision_IsRefused() =>
        Assert.Contains("does not say what a person must decide", Assert.Throws<InvalidUsageException>(() => Stage(rollback: new MigrationRollback.Irreversible(" "))).Message, StringComparison.Ordinal);

    [Fact]
    public void Description_SaysHowAndWhatARollbackDoes()
    {
        Assert.Equal("migrates orders by 'alembic upgrade head'; the version before runs on it as well", Stage(new MigrationWork.Run(new Command("alembic", "upgrade", "head"))).Description);
        Assert.Equal("database/prod/orders", Stage().LockName);
    }

    [Theory] // what the deployment's rollback does, as declared
    [InlineData("compatible", "deploy undone; migrate: stays")]
    [InlineData("reversible", "deploy undone; migrate: was taken back")]
    [InlineData("still works", "deploy undone; migrate: a person must decide")]
    [InlineData("irreversible", "deploy stays; migrate: a person must decide")]
    public async Task Pipeline_DeploymentFails_UndoesWhatWasDeclared(string declared, string expected)
    {
        MigrationRollback rollback = declared switch
        {
            "compatible" => s_compatible,
            "reversible" => new MigrationRollback.Reversible(new MigrationWork.Run(DummyTool.Command("exit", "0"))),
            _ => new MigrationRollback.Irreversible("decide") { OldVersionStillWorks = declared == "still works" },
        };
        var log = new System.Collections.Concurrent.ConcurrentQueue<string>();
        var pipeline = new PipelineBuilder("p");
        StageHandle<PublishedImage> image = pipeline.Add("image", (_, _) => Task.FromResult(Image()));
        StageHandle<PublishedImage> migrated = pipeline.Add("migrate", Stage(rollback: rollback), image).Lock(Stage().LockName);
        StageHandle<int> number = pipeline.Add("number", migrated, (_, _, _) => Task.FromResult(1));
        StageHandle<int> deployed = pipeline.Add<int, int>("deploy", new Effect("deploy", "prod", log), number);
        pipeline.Add("smoke", deployed, (_, _, _) => throw new StageFailedException("503"));
        RunResult result = await EngineRun.Run(pipeline.Build());

        UndoResult migration = result.Undos.Single(undo => undo.Stage == "migrate");
        string about = (migration.Report?.Summary ?? migration.Failure!.What) + " ";
        string word = ((string[])["stays", "was taken back", "a person must decide"]).Single(one => about.Contains(one, StringComparison.Ordinal));
        Assert.Equal(expected, $"deploy {(result.Undos.Any(undo => undo.Stage == "deploy") ? "undone" : "stays")}; migrate: {word}");
        Assert.Equal("migrate", result.Undos[^1].Stage); // the database last: the old code is back before it
        Assert.Equal(1, result.ExitCode);
    }

    private MigrateDatabase Stage(MigrationWork? up = null, MigrationRollback? rollback = null) => new(Environment(), "orders", up ?? new MigrationWork.Run(DummyTool.Command("exit", "0")), rollback ?? s_compatible);

    private RecordingContext Context() => new(_directory.Path);

    internal static DeploymentEnvironment Environment() => new() { Name = "prod", App = "order-service", Manifest = new ManifestTarget { Repository = "x", File = "y" } };

    internal static PublishedImage Image()
    {
        ImageReference reference = ImageReference.Parse("registry.example.com/order-service:v7");
        var built = new BuiltImage(reference, "sha256:" + new string('1', 64), new ImageLocation.DockerEngine(), new SourceRevision(new string('a', 40), "main", null, [], "v7", default));
        return new PublishedImage(reference, "sha256:" + new string('2', 64), new ScannedImage(built, new ScanResult("none", [], [], [])));
    }
}
