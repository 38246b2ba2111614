using System.Text;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Stages.Deploy;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Stages.Preview;

/// <summary>What a pull request hears of its preview. Nothing depends on it: what cannot be said or asked is a warning.</summary>
internal static class PreviewComments
{
    /// <summary>Writes the preview's one comment, or changes it.</summary>
    /// <param name="previews">The service's previews.</param>
    /// <param name="place">The preview.</param>
    /// <param name="state">How it is, in Markdown.</param>
    /// <param name="tag">The tag that this is about; null where none is.</param>
    /// <param name="context">The log, the secrets, the run.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task SayAsync(Previews previews, PreviewPlace place, string state, string? tag, StageContext context, CancellationToken cancellationToken)
    {
        if (!previews.Comments || previews.PullRequests is null)
            return;
        try
        {
            IPullRequests host = await PullRequestDelivery.HostAsync(previews.PullRequests, context, cancellationToken).ConfigureAwait(false);
            await host.CommentAsync(place.Number, Marker(previews.App), Compose(previews, place, state, tag, context), cancellationToken).ConfigureAwait(false);
        }
        catch (PipelineException exception)
        {
            context.Log.Warning($"Pull request {place.Number} does not hear of its preview: {exception.What} {exception.Advice}");
        }
    }

    /// <summary>How a pull request stands; null where that cannot be found out.</summary>
    public static async Task<PullRequestStatus?> FindStatusAsync(Previews previews, int number, StageContext context, CancellationToken cancellationToken)
    {
        if (previews.PullRequests is null)
            return null;
        try
        {
            IPullRequests host = await PullRequestDelivery.HostAsync(previews.PullRequests, context, cancellationToken).ConfigureAwait(false);
            return (await host.GetAsync(number, cancellationToken).ConfigureAwait(false)).Status;
        }
        catch (PipelineException exception)
        {
            context.Log.Warning($"Whether pull request {number} is still open is not known: {exception.What} {exception.Advice}");
            return null;
        }
    }

    /// <summary>A line that nobody sees. Several services of one repository have a comment each.</summary>
    private static string Marker(string app) => $"<!-- pipelines preview {app} -->";

    private static string Compose(Previews previews, PreviewPlace place, string state, string? tag, StageContext context)
    {
        var text = new StringBuilder();
        text.Append("Preview of `").Append(previews.App).Append("`: ").Append(state.ReplaceLineEndings(" ")).Append("\n\n| | |\n|---|---|\n");
        if (place.Url is not null)
            Row("address", place.Url.AbsoluteUri);
        if (tag is not null)
            Row("image", $"`{tag}`");
        Row("namespace", $"`{place.Namespace}`");
        Row("at", DocumentJson.Time(context.Time.GetUtcNow()));
        if (context.Run.BuildUrl is { } build)
            Row("build", GitUrl.WithoutUserInfo(build.AbsoluteUri));
        return text.ToString();

        void Row(string name, string value) => text.Append("| ").Append(name).Append(" | ").Append(value.Replace("|", "\\|", StringComparison.Ordinal)).Append(" |\n");
    }
}
