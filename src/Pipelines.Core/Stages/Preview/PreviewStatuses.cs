using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.Stages.Deploy;

namespace Pipelines.Core.Stages.Preview;

/// <summary>How the pull requests of several previews stand. One that cannot be told is none that is closed.</summary>
internal static class PreviewStatuses
{
    public static async Task<IReadOnlyDictionary<int, PullRequestStatus>> AskAsync(Previews previews, IEnumerable<int> numbers, StageContext context, CancellationToken cancellationToken)
    {
        var statuses = new Dictionary<int, PullRequestStatus>();
        if (previews.PullRequests is not { } project)
            return statuses;
        try
        {
            IPullRequests host = await PullRequestDelivery.HostAsync(project, context, cancellationToken).ConfigureAwait(false);
            foreach (int number in numbers)
            {
                try
                {
                    statuses[number] = (await host.GetAsync(number, cancellationToken).ConfigureAwait(false)).Status;
                }
                catch (CodeHostException exception) when (exception.Failure == CodeHostFailure.NotFound)
                {
                    context.Log.Warning($"{host.Name} has no {host.Sign(number)} that this token may see.");
                }
            }
        }
        catch (PipelineException exception)
        {
            context.Log.Warning($"Which pull requests are still open is not known: {exception.What} {exception.Advice}");
        }

        return statuses;
    }
}
