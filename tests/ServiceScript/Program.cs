// A service's build script for tests that need a real process: its first argument says which.
using Pipelines.Core;
using Pipelines.Core.Cli;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;
using Pipelines.Templates;

return args[0] switch
{
    "deploy" => await new DeployPipeline("order-service", "registry.example.com/order-service", "#orders-team").RunAsync(args[1..]),
    "deploy-to" => await new DeployPipeline("order-service", args[1], "#orders-team").RunAsync(args[2..]), // a registry whose port is known only when the test runs
    "deploy-killed" => await Application.RunAsync(new DeployPipeline("order-service", "registry.example.com/order-service", "#orders-team"), args[2..], KilledAt(args[1])),
    "deploy-stopped" => await Application.RunAsync(new DeployPipeline("order-service", "registry.example.com/order-service", "#orders-team"), args[2..], StoppedAt(args[1])),
    "deploy-full" => await Application.RunAsync(new DeployPipeline("order-service", "registry.example.com/order-service", "#orders-team"), args[2..], FullAt(args[1])),
    "signals" => await PipelineApp.RunAsync(Signals(), args[1..]),
    "locked" => await PipelineApp.RunAsync(Locked(args[1], args[2][0]), args[3..]),
    "gate" => await PipelineApp.RunAsync(new Gate(args[1], Enum.Parse<ApprovalMethod>(args[2])), args[3..]),
    "vault" => await PipelineApp.RunAsync(Credentials(args[1]), args[2..]),
    "tool" => await PipelineApp.RunAsync(Tool(new Command(args[1], args[2..])), []),
    _ => 64,
};

// Kills this very process right after its n-th record was written ("7"), or right before it is ("-7"): as nobody but the kernel can, without any clean-up.
static AppEnvironment KilledAt(string record)
{
    int number = int.Parse(record, System.Globalization.CultureInfo.InvariantCulture);
    void Kill(int written)
    {
        if (written == Math.Abs(number))
            System.Diagnostics.Process.GetCurrentProcess().Kill();
    }

    var watch = new JournalWatch { Written = number > 0 ? (written, _) => Kill(written) : null, Writing = number < 0 ? (written, _) => Kill(written) : null };
    return AppEnvironment.Process() with { JournalWatch = watch };
}

// Deploys a version to a manifest repository, under the environment's lock as the template has it, and waits there until the file "go" says that it is proven. Versions are digits, and the higher one is newer.
static PipelinePlan Locked(string manifests, char version)
{
    string commit = new(version, 40);
    var environment = new DeploymentEnvironment { Name = "staging", App = "order-service", Manifest = new ManifestTarget { Repository = manifests, File = "values.yaml" } };
    ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{commit}");
    string digest = "sha256:" + new string(version, 64);
    var source = new SourceRevision(commit, "main", null, [], commit, new DateTimeOffset(2026, 1, version - '0', 0, 0, 0, TimeSpan.Zero));
    var image = new PublishedImage(reference, digest, new ScannedImage(new BuiltImage(reference, digest, new ImageLocation.Registry(digest), source), new ScanResult("none", [], [], [], false)));
    var pipeline = new PipelineBuilder("locked");
    StageHandle<PublishedImage> pushed = pipeline.Add("image", (_, _) => Task.FromResult(image));
    StageHandle<PublishedImage>? locked = EnvironmentLocking.Lock(pipeline, environment, pushed);
    StageHandle<Deployment> deployed = pipeline.Add("deploy staging", new DeployManifest(environment), locked!);
    StageHandle<Deployment> proven = pipeline.Add("prove staging", deployed, async (deployment, context, cancellationToken) =>
    {
        context.Log.Info($"{version} is deployed, and waits");
        while (!File.Exists("go"))
            await Task.Delay(TimeSpan.FromMilliseconds(50), context.Time, cancellationToken).ConfigureAwait(false);
        return deployment;
    });
    EnvironmentLocking.Release(pipeline, environment, locked, proven);
    return pipeline.Build();
}

// The CI system asks this very process to end (SIGTERM) right after its n-th record was written, and is heard before the run goes on.
static AppEnvironment StoppedAt(string record)
{
    int number = int.Parse(record, System.Globalization.CultureInfo.InvariantCulture);
    AppEnvironment process = AppEnvironment.Process();
    var heard = new HeardWriter(process.Error, "asking the running stages to end");
    var watch = new JournalWatch
    {
        Written = (written, _) =>
        {
            if (written != number)
                return;
            if (PosixSignals.Kill(Environment.ProcessId, PosixSignals.Terminate) != 0)
                throw new InvalidOperationException("the signal could not be sent");
            heard.Wait();
        },
    };
    return process with { JournalWatch = watch, Error = heard };
}

// The disk is full from the n-th record on.
static AppEnvironment FullAt(string record) =>
    AppEnvironment.Process() with { JournalWatch = new JournalWatch { Open = path => new FillingStream(path, int.Parse(record, System.Globalization.CultureInfo.InvariantCulture)) } };

static PipelinePlan Tool(Command command)
{
    var pipeline = new PipelineBuilder("tool");
    pipeline.Add("tool", (context, cancellationToken) => command.RunAsync(context, cancellationToken));
    return pipeline.Build();
}

// Reads database credentials from Vault ("none" does not), and then succeeds, fails or waits.
static PipelinePlan Credentials(string then)
{
    var pipeline = new PipelineBuilder("credentials");
    StageHandle<Unit> reads = pipeline.Add("reads", async (context, cancellationToken) =>
    {
        if (then != "none")
            await context.Secrets.GetAsync(SecretReference.Parse("vault://database/creds/app#password"), cancellationToken).ConfigureAwait(false);
    });
    pipeline.Add("goes on", async (context, cancellationToken) =>
    {
        if (then == "fail")
            throw new InvalidUsageException("The stage fails, as it was told to.");
        if (then != "wait")
            return;
        context.Log.Info("waiting for a signal");
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken).ConfigureAwait(false);
    }).After(reads);
    return pipeline.Build();
}

// An effect that is done, a stage that waits for a signal, and a notice that is told whatever happened. Each leaves a file.
static PipelinePlan Signals()
{
    var pipeline = new PipelineBuilder("signals");
    StageHandle<string> effect = pipeline.Add("effect", new Effect());
    StageHandle<Unit> waits = pipeline.Add("waits", effect, async (_, context, cancellationToken) =>
    {
        context.Log.Info("waiting for a signal");
        if (File.Exists("stubborn"))
            await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, CancellationToken.None).ConfigureAwait(false);
        await Task.Delay(Timeout.InfiniteTimeSpan, context.Time, cancellationToken).ConfigureAwait(false);
    });
    pipeline.Add("notice", async (_, cancellationToken) => await File.WriteAllTextAsync("noticed", "", cancellationToken).ConfigureAwait(false)).After(waits).Always();
    return pipeline.Build();
}

internal sealed record Effect : IStage<string>, IUndoable<string>, IEnvironmentStage
{
    public DeploymentEnvironment Environment { get; } = new() { Name = "staging", App = "signals", Manifest = new ManifestTarget { Repository = "none", File = "none" } };

    public async Task<string> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync("done", "", cancellationToken).ConfigureAwait(false);
        return "done";
    }

    public async Task<UndoReport> UndoAsync(string output, StageContext context, CancellationToken cancellationToken)
    {
        await File.WriteAllTextAsync("undone", "", cancellationToken).ConfigureAwait(false);
        return new UndoReport(true, "The effect is taken back.");
    }
}

// Waits for an approval for prod, and leaves a file where it is given.
internal sealed class Gate(string manifests, ApprovalMethod methods) : PipelineTemplate
{
    public override string Name => "order";

    public override SettingsSchema Schema { get; } = new();

    public override Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeploymentEnvironment>>([Of("prod")]);

    public override Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        string commit = new('a', 40), digest = "sha256:" + new string('a', 64);
        ImageReference reference = ImageReference.Parse($"registry.example.com/order:{commit}");
        var built = new BuiltImage(reference, digest, new ImageLocation.Registry(digest), new SourceRevision(commit, "main", null, [], commit, default) { Authors = ["Carl <carl@example.com>"] });
        var proven = new ProvenDeployment(new Deployment(new PublishedImage(reference, digest, new ScannedImage(built, new ScanResult("test", [], [], []))), Of("staging"), commit, true, "old"), "200");
        var pipeline = new PipelineBuilder(Name);
        StageHandle<Approval> approved = pipeline.Add("approve prod", new Approve(Of("prod")), pipeline.Add("prove", (_, _) => Task.FromResult(proven)));
        pipeline.Add("go on", approved, async (approval, _, token) => await File.WriteAllTextAsync("approved", $"{approval.Method}: {approval.Reason}", token).ConfigureAwait(false));
        return Task.FromResult(pipeline.Build());
    }

    private DeploymentEnvironment Of(string name) => new()
    {
        Name = name,
        App = Name,
        Manifest = new ManifestTarget { Repository = manifests, File = $"values-{name}.yaml" },
        Approval = new ApprovalPolicy { Methods = methods, Signers = new ApprovalSigners("allowed-signers") },
    };
}
