namespace Pipelines.Core.Cli;

/// <summary>A finished plan as a template that has no settings.</summary>
internal sealed class PlanTemplate(PipelinePlan plan) : PipelineTemplate
{
    public override string Name => plan.Name;

    public override SettingsSchema Schema { get; } = new();

    public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        // Conditions may ask for the branch; without any, git is never started.
        if (context.WillRun && plan.Stages.Any(stage => stage.Conditions.Count > 0))
        {
            try
            {
                await context.DescribeSourceAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PipelineException exception)
            {
                context.Warn($"Conditions on the branch do not hold in this run: {exception.What}");
            }
        }

        return plan;
    }
}
