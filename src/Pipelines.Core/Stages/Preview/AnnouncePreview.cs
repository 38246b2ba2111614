using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Stages.Preview;

namespace Pipelines.Core;

/// <summary>Tells where a preview is: in the log, in the summary, and by one comment on its pull request, which is changed and not written anew. A comment that cannot be written is a warning.</summary>
public sealed record AnnouncePreview : IStage<ProvenDeployment, Unit>, IDescribedStage
{
    private readonly PreviewPlace _place;

    /// <summary>Tells of the preview of a pull request.</summary>
    /// <param name="previews">The service's previews.</param>
    /// <param name="number">The pull request.</param>
    /// <exception cref="InvalidUsageException">The previews are not set up so that they can work.</exception>
    public AnnouncePreview(Previews previews, int number)
    {
        ArgumentNullException.ThrowIfNull(previews);
        _place = PreviewPlace.Of(previews, number);
        Previews = previews;
    }

    /// <summary>The service's previews.</summary>
    public Previews Previews { get; }

    /// <inheritdoc/>
    public string Description => Previews is { Comments: true, PullRequests: not null } ? $"comments on pull request {_place.Number} of {Previews.PullRequests.Path}" : "prints the preview's address";

    /// <summary>Tells.</summary>
    /// <param name="input">The preview, proven.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Unit> RunAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        string address = _place.Url?.AbsoluteUri ?? "no address from outside (preview.url is not set)";
        context.Report("preview", address);
        context.Log.Info($"The preview of pull request {_place.Number}: {address}");
        await PreviewComments.SayAsync(Previews, _place, $"**Ready**: {input.Proof}.", input.Deployment.Image.Reference.Tag!, context, cancellationToken).ConfigureAwait(false);
        return default;
    }
}
