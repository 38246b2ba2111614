namespace Pipelines.Core.Cli;

/// <summary>The two stages around an environment that let one run at a time into it.</summary>
internal static class EnvironmentLocking
{
    private static readonly TimeSpan ShortStage = TimeSpan.FromMinutes(5);

    /// <summary>Time for git, which is not counted in the wait.</summary>
    private static readonly TimeSpan Margin = TimeSpan.FromMinutes(5);

    /// <summary>Takes the environment, as late as can be: nobody holds it while a person is asked.</summary>
    /// <returns>The image to deploy under the lock; null where there is no lock. A merge is one person's act and not this run's, so that delivery by pull request has none.</returns>
    public static StageHandle<PublishedImage>? Lock(PipelineBuilder pipeline, DeploymentEnvironment environment, StageHandle<PublishedImage> image, params StageHandle?[] after)
    {
        if (environment.Lock == LockPolicy.Off || environment.Delivery is DeliverBy.PullRequest)
            return null;
        return pipeline.Add($"lock {environment.Name}", new LockEnvironment(environment), image).After([.. after.OfType<StageHandle>()]).WithRetry(3).WithTimeout(environment.LockTimeout + Margin);
    }

    /// <summary>Gives it back after the environment's last stage and after an undo.</summary>
    public static void Release(PipelineBuilder pipeline, DeploymentEnvironment environment, StageHandle<PublishedImage>? locked, StageHandle last)
    {
        if (locked is not null)
            pipeline.Add($"release {environment.Name}", new ReleaseEnvironment(environment), locked).After(last).Always().WithTimeout(ShortStage);
    }
}
