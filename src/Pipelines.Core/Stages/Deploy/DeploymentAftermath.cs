using Pipelines.Core.Model;
using Pipelines.Core.Stages.Verify;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>After a manifest was set back: what the cluster makes of it. It is only looked at, and never a reason to do less.</summary>
internal static class DeploymentAftermath
{
    private static readonly TimeSpan SmokeTime = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan RequestTime = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    /// <returns>Whether the tag is known to run and answers; and what was seen, as the end of a sentence.</returns>
    public static async Task<(bool IsSure, string Text)> LookAsync(DeploymentEnvironment environment, string revision, string? tag, StageContext context, CancellationToken cancellationToken)
    {
        if (environment.ArgoCd is not { } argoCd)
            return (true, "but nothing is known about the cluster: this environment has no Argo CD application.");
        string phrase;
        try
        {
            phrase = await DeploymentWait.RunAsync(argoCd, environment.Manifest, revision, tag, context, cancellationToken).ConfigureAwait(false);
            context.Report("argo cd", phrase);
        }
        catch (PipelineException exception)
        {
            context.Log.Error(exception.Message); // on call must know both: what was set back stands, and the cluster is not there
            return (false, $"but what is running now is not sure: {exception.What}");
        }
        catch (OperationCanceledException)
        {
            return (false, $"but the wait for Argo CD was cut short: look whether {tag ?? "it"} is running.");
        }

        (bool answers, string? smoke) = await SmokeAsync(environment, tag, context, cancellationToken).ConfigureAwait(false);
        return (answers, $"and Argo CD runs it: {phrase}{(smoke is null ? "" : $"; {smoke}")}.");
    }

    private static async Task<(bool Answers, string? Text)> SmokeAsync(DeploymentEnvironment environment, string? tag, StageContext context, CancellationToken cancellationToken)
    {
        if (environment.SmokeUrl is null || tag is null)
            return (true, null);
        var test = new SmokeTest(environment.SmokeUrl) { VersionJsonKey = environment.SmokeVersionKey };
        var url = new Uri(environment.SmokeUrl.Replace("{environment}", environment.Name, StringComparison.Ordinal).Replace("{app}", environment.App, StringComparison.Ordinal));
        var probe = new SmokeProbe(test, url, tag, context.Time);
        long started = context.Time.GetTimestamp();
        try
        {
            while (true)
            {
                SmokeAnswer answer = await probe.AskAsync(RequestTime, cancellationToken).ConfigureAwait(false);
                if (answer.Problem is null)
                    return (true, $"it answers with {answer.Status}");
                if (answer.IsHopeless || context.Time.GetElapsedTime(started) >= SmokeTime)
                    return (false, $"but it does not answer well: {answer.Problem}");
                await Task.Delay(Pause, context.Time, cancellationToken).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException)
        {
            return (false, "whether it answers was not waited for");
        }
    }
}
