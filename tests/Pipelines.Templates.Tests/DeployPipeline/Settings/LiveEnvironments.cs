using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy.Settings;

/// <summary>What a live run makes of the settings, without one.</summary>
internal static class LiveEnvironments
{
    public static async Task<T> OfAsync<T>(DeployPipeline pipeline, Service service, Func<IReadOnlyList<DeploymentEnvironment>, T> read)
    {
        var spy = new Spy(pipeline);
        service.Pipeline = spy;
        await service.LivePlanAsync();
        return read(spy.Environments);
    }

    private sealed class Spy(DeployPipeline inner) : PipelineTemplate
    {
        public IReadOnlyList<DeploymentEnvironment> Environments { get; private set; } = [];

        public override string Name => inner.Name;

        public override SettingsSchema Schema => inner.Schema;

        public override IReadOnlyDictionary<string, string> Defaults => inner.Defaults;

        public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
        {
            Environments = await inner.EnvironmentsAsync(context, cancellationToken);
            return await inner.BuildAsync(context, cancellationToken);
        }
    }
}
