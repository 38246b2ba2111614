namespace Pipelines.Core;

/// <summary>A pipeline that is made from settings: what a platform team writes once and forty services use by one line.</summary>
/// <remarks>The command line asks it for its settings, builds the plan from their effective values, and runs, prints or draws it.</remarks>
public abstract class PipelineTemplate
{
    /// <summary>The pipeline's name, such as the service's.</summary>
    public abstract string Name { get; }

    /// <summary>The settings it knows.</summary>
    public abstract SettingsSchema Schema { get; }

    /// <summary>Defaults that the script or the organisation gives; they win over the schema's, and <c>pipeline.yaml</c> wins over them.</summary>
    /// <value>none</value>
    public virtual IReadOnlyDictionary<string, string> Defaults => new Dictionary<string, string>();

    /// <summary>What is wrong with the template itself: the arguments it was made with.</summary>
    /// <returns>A sentence for each thing that is wrong.</returns>
    public virtual IEnumerable<string> CheckDefinition() => [];

    /// <summary>What is wrong with settings that are fine each by itself. All of it, in one go.</summary>
    /// <param name="settings">The settings.</param>
    /// <param name="mode">Live or sandbox.</param>
    /// <returns>A sentence for each thing that is wrong, naming the key.</returns>
    public virtual IEnumerable<string> Check(EffectiveSettings settings, RunMode mode) => [];

    /// <summary>Builds the plan.</summary>
    /// <param name="context">The settings, the mode, the checkout.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public abstract Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken);

    /// <summary>The environments that it deploys to, the first one first: what <c>status</c>, <c>history</c>, <c>promote</c>, <c>rollback</c> and <c>unblock</c> act on.</summary>
    /// <param name="context">The settings, the mode, the checkout. Where <see cref="TemplateContext.WillRun"/> is false only the addresses are asked for: nothing is started, no secret is read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>None by default: such a pipeline has no such commands.</returns>
    public virtual Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeploymentEnvironment>>([]);

    /// <summary>What <c>promote</c> needs: the environments, the image repository, and how a deployment is proven. A run follows.</summary>
    /// <param name="context">The settings, the mode, the checkout.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null by default: such a pipeline promotes nothing.</returns>
    public virtual Task<PromotionParts?> PromotionAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<PromotionParts?>(null);

    /// <summary>Its previews of pull requests: what <c>preview</c> acts on.</summary>
    /// <param name="context">The settings, the mode, the checkout. Where <see cref="TemplateContext.WillRun"/> is false only the addresses are asked for: nothing is started, no secret is read.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Null by default: such a pipeline has no previews.</returns>
    public virtual Task<Previews?> PreviewsAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<Previews?>(null);

    /// <summary>What the machine needs for this pipeline, for <c>doctor</c>.</summary>
    /// <param name="context">The settings, the mode, the checkout.</param>
    public virtual IReadOnlyList<DoctorCheck> Doctor(TemplateContext context) => [];
}
