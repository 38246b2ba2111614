using Pipelines.Core.Hosts;

namespace Pipelines.Core.Cli.Commands;

/// <summary>A template's promotion as a template: the same settings, another plan.</summary>
internal sealed class PromotionTemplate(PipelineTemplate template, string? from, string? to, HostEnvironment variables) : PipelineTemplate
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromMinutes(15);

    /// <summary>Time for a stage to say itself what it waited for, before the engine ends it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    public override string Name => template.Name;

    public override SettingsSchema Schema => template.Schema;

    public override IReadOnlyDictionary<string, string> Defaults => template.Defaults;

    public override IEnumerable<string> CheckDefinition() => template.CheckDefinition();

    public override IEnumerable<string> Check(EffectiveSettings settings, RunMode mode) => template.Check(settings, mode);

    public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        PromotionParts parts = await template.PromotionAsync(context, cancellationToken).ConfigureAwait(false) ?? throw new InvalidUsageException(
            $"The pipeline '{template.Name}' has nothing to promote.", null, "Use a template that promotes, such as DeployPipeline, or override PipelineTemplate.PromotionAsync.");
        (DeploymentEnvironment source, DeploymentEnvironment target) = PromoteCommand.Choose(parts.Environments, from, to);
        target = target with { Approval = target.Approval with { WhenNobodyCan = ApprovalFallback.Fail } }; // this is the run in which somebody should be there
        var pipeline = new PipelineBuilder(Name);
        StageHandle<ProvenDeployment> proven = pipeline.Add($"find what {source.Name} proved", new LoadProof(source, parts.Repository) { Credentials = parts.Credentials }).WithRetry(3).WithTimeout(ShortStage);
        StageHandle<PublishedImage> image = pipeline.Add("take its image", proven, (proof, _, _) => Task.FromResult(proof.Deployment.Image));
        StageHandle<Approval>? approval = target.IsProtected ? pipeline.Add($"approve {target.Name}", new Approve(target) { Variables = variables }, proven).WithRetry(3).WithTimeout(target.Approval.Timeout + Margin) : null;
        StageHandle<PublishedImage>? locked = EnvironmentLocking.Lock(pipeline, target, image, approval);
        image = locked ?? image;
        image = parts.Prepare?.Invoke(pipeline, image, approval, target) ?? image;
        StageHandle<Deployment> deployed = approval is not null
            ? pipeline.Add($"deploy {target.Name}", new DeployManifest(target), image, proven, approval)
            : pipeline.Add($"deploy {target.Name}", new DeployManifest(target), image);
        deployed.Lock($"environment/{target.Name}").WithRetry(3).WithTimeout((target.Delivery is DeliverBy.PullRequest { WaitsForMerge: true } request ? request.Timeout : TimeSpan.Zero) + ShortStage);
        StageHandle<Deployment> synced = pipeline.Add($"sync {target.Name}", new ArgoCdSync(), deployed).WithTimeout((target.ArgoCd?.Timeout ?? TimeSpan.Zero) + Margin);
        StageHandle<ProvenDeployment> recorded = pipeline.Add($"record {target.Name}", new RecordProof(), parts.Prove(pipeline, synced, target)).WithRetry(3).WithTimeout(ShortStage);
        EnvironmentLocking.Release(pipeline, target, locked, recorded);
        return pipeline.Build();
    }
}
