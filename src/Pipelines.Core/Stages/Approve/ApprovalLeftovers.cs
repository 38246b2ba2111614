using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core.Stages.Approve;

/// <summary>Requests of runs that were killed: nobody else takes them away. A later run of the same app and environment does, once they have expired for so long that no clock is an excuse.</summary>
internal static class ApprovalLeftovers
{
    /// <summary>A run has better things to do; the next one takes more.</summary>
    private const int AtOnce = 20;

    /// <param name="documents">The refs.</param>
    /// <param name="waiting">The requests of other runs.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public static async Task RemoveAsync(RefDocuments documents, IEnumerable<RefDocument> waiting, StageContext context, CancellationToken cancellationToken)
    {
        DateTimeOffset now = context.Time.GetUtcNow();
        foreach (RefDocument document in waiting.Where(document => ApprovalRequest.TryRead(document.Text) is { } request && LockTimes.IsLongGone(request.Expires, now)).Take(AtOnce).ToArray())
        {
            ApprovalRequest request = ApprovalRequest.TryRead(document.Text)!;
            try
            {
                // The verdicts first: they are found through the request alone.
                foreach (RefDocument verdict in await documents.ListAsync(ApprovalRefs.Verdicts(request) + "*", cancellationToken).ConfigureAwait(false))
                    await documents.DeleteAsync(verdict, cancellationToken).ConfigureAwait(false);
                await documents.DeleteAsync(document, cancellationToken).ConfigureAwait(false);
            }
            catch (PipelineException exception)
            {
                context.Log.Warning($"The request of run {request.Run}, which expired at {DocumentJson.Time(request.Expires)}, could not be taken away; a later run does: {exception.What}");
                return;
            }
        }
    }
}
