using Pipelines.Core.Clients.Registry;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Image;
using Pipelines.Core.Stages.Promote;

namespace Pipelines.Core;

/// <summary>Finds out what an environment runs now, and makes the evidence for it anew from what was recorded when it proved itself there. Builds nothing, and refuses what it cannot check.</summary>
/// <remarks>Checked: the manifest says this tag (and digest, where it holds one); <see cref="RecordProof"/> recorded exactly that; the commit that deployed it is in the branch; the registry still has the digest, under that tag.</remarks>
public sealed record LoadProof : IStage<ProvenDeployment>, IDescribedStage
{
    /// <summary>Loads the proof of an environment.</summary>
    /// <param name="environment">The environment that the image was proven in.</param>
    /// <param name="repository">The image repository.</param>
    public LoadProof(DeploymentEnvironment environment, ImageReference repository)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ArgumentNullException.ThrowIfNull(repository);
        Environment = environment;
        Repository = repository;
    }

    /// <summary>The environment that the image was proven in.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>The image repository.</summary>
    public ImageReference Repository { get; }

    /// <summary>How to sign in to the registry.</summary>
    /// <value>as its address says: ECR by the machine's AWS credentials, others without</value>
    public RegistryCredentials? Credentials { get; init; }

    /// <inheritdoc/>
    public string Description => $"reads what '{Environment.Name}' runs and has proven, and asks the registry for it";

    /// <summary>Loads it.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="PromotionException">The environment runs nothing, or what it runs was not proven there, or is not what was proven.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached.</exception>
    public async Task<ProvenDeployment> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        string name = Environment.Name;
        using var manifest = new ManifestRepository(Environment.Manifest, context);
        ManifestValue running = await manifest.ReadValueAsync(cancellationToken).ConfigureAwait(false);
        string tag = running.Tag ?? throw Refused($"'{name}' runs nothing", $"  {Environment.Manifest.Key} in {Environment.Manifest.File} of {manifest.Name} is empty", $"Deploy to '{name}' first.");
        ProofRecord record = await FindAsync(tag, running.Digest, context, cancellationToken).ConfigureAwait(false);
        if (!await manifest.HoldsAsync(record.Revision, cancellationToken).ConfigureAwait(false))
            throw Refused($"the commit that deployed {tag} to '{name}' is not in the branch any more", $"  commit {record.Revision}, branch {Environment.Manifest.Branch} of {manifest.Name}", "The branch was pushed over. Run the pipeline again, so that it is deployed and proven again.");
        ImageReference reference = await CheckAsync(record, context, cancellationToken).ConfigureAwait(false);

        context.Log.Info($"'{name}' runs {tag}, proven there at {record.At:u} by run {record.Run}: {record.Proof}");
        context.Log.Info(
            $"Checked: the manifest says so, the proof is of this tag and digest, its commit is in '{Environment.Manifest.Branch}', and the registry has {record.Digest} under that tag.\n"
            + $"Not checked: findings that became known after the scan of {record.At:yyyy-MM-dd}; whether '{name}' is well right now; who wrote the record, beyond that they may push to the manifest repository.");
        context.Report("promoted from", name);
        context.Report("tag", tag);
        context.Report("digest", record.Digest);
        var source = new SourceRevision(record.Commit, record.Branch, record.Remote, [], tag, record.CommittedAt) { Authors = record.Authors };
        var image = new PublishedImage(reference, record.Digest, new ScannedImage(new BuiltImage(reference, record.Digest, new ImageLocation.Registry(record.Digest), source), record.Scan));
        return new ProvenDeployment(new Deployment(image, Environment, record.Revision, changed: false, tag), $"{record.Proof} (run {record.Run})");
    }

    private async Task<ProofRecord> FindAsync(string tag, string? digest, StageContext context, CancellationToken cancellationToken)
    {
        using RefDocuments documents = await RefDocuments.OpenAsync(Environment.Manifest, context, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<ProofRecord> records = await ProofRecords.ReadAsync(documents, Environment, cancellationToken).ConfigureAwait(false);
        ProofRecord record = records.FirstOrDefault(record => record.Tag == tag && (digest is null || record.Digest == digest)) ?? throw Refused(
            $"'{Environment.Name}' runs {tag}{(digest is null ? "" : "@" + digest)}, which did not prove itself there",
            records.Count == 0 ? $"  nothing is recorded under {ProofRecords.Ref(Environment)}" : "  proven there: " + string.Join(", ", records.Take(3).Select(record => $"{record.Tag} ({record.At:u})")),
            $"Run the pipeline for that commit, so that it is deployed to '{Environment.Name}' and proven; RecordProof keeps it.");
        return record.Scan.Simulated && context.Run.Mode == RunMode.Live
            ? throw Refused($"no scanner looked at {tag}: its scan was simulated", $"  run {record.Run}", "Run the pipeline live, with a scanner.")
            : record;
    }

    /// <summary>Asks the registry whether the digest is still what the tag names.</summary>
    private async Task<ImageReference> CheckAsync(ProofRecord record, StageContext context, CancellationToken cancellationToken)
    {
        var recorded = ImageReference.Parse(record.Image);
        // The sandbox's registry has another port at each start.
        bool isSame = recorded.Repository == Repository.Repository && (recorded.Registry == Repository.Registry || context.Run.Mode == RunMode.Sandbox);
        if (!isSame)
            throw Refused("what was proven is in another image repository", $"  proven:   {record.Image}\n  promoted: {Repository.Name}", "Run promote from the service that was deployed.");
        if (!Digests.IsSha256(record.Digest))
            throw Refused("the record names no digest", $"  '{record.Digest}'", "Prove the image again.");
        ImageReference reference = Repository.WithoutTag().WithTag(record.Tag);
        RegistryScope.Require(reference, context);
        var registry = RegistryClient.For(reference, Credentials ?? RegistryCredentials.For(reference), context);
        if (await registry.FindDigestAsync(Repository.WithoutTag().WithDigest(record.Digest), cancellationToken).ConfigureAwait(false) is null)
            throw Refused("the registry does not hold the image any more", $"  {Repository.Name}@{record.Digest}", "A clean-up rule may have removed it: keep what an environment runs. Build it again with the pipeline.");
        string? now = await registry.FindDigestAsync(reference, cancellationToken).ConfigureAwait(false);
        return now == record.Digest
            ? reference
            : throw Refused($"the tag {record.Tag} names another image now", $"  proven: {record.Digest}\n  now:    {now ?? "nothing"}", "Somebody moved or deleted the tag. Make tags immutable in the registry, and run the pipeline again.");
    }

    private PromotionException Refused(string what, string? evidence, string advice) => new(Environment.Name, $"Nothing is promoted from '{Environment.Name}': {what}.", evidence, advice);
}
