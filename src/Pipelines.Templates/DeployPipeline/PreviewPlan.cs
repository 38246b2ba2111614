using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>What a pull request's image goes through where previews are on: its own environment, and no other.</summary>
internal static class PreviewPlan
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromMinutes(15);

    /// <summary>Time for a stage to say itself what it waited for, before the engine ends it.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(1);

    public static void Add(PipelineBuilder pipeline, StageHandle<PublishedImage> pushed, Previews previews, int number, DeploySettings keys, TemplateContext context)
    {
        var putUp = new PutUpPreview(previews, number);
        string name = putUp.Environment.Name;
        var target = new EnvironmentTarget
        {
            Environment = putUp.Environment,
            SmokeUrl = putUp.Environment.SmokeUrl ?? "https://preview.url.is.not.set.invalid",
            SmokeVersionKey = putUp.Environment.SmokeVersionKey,
        };
        StageHandle<Deployment> deployed = pipeline.Add($"put up {name}", putUp, pushed).Lock($"environment/{name}").WithRetry(3).WithTimeout(ShortStage);
        StageHandle<Deployment> synced = pipeline.Add($"sync {name}", new ArgoCdSync(), deployed).WithTimeout(context.Settings.Get(keys.ArgoCd.Timeout) + Margin);
        pipeline.Add($"announce {name}", new AnnouncePreview(previews, number), DeployPlan.Prove(pipeline, synced, target, keys, context)).WithTimeout(ShortStage);
    }
}
