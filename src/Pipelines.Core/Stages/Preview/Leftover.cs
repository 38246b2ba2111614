using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Preview;

/// <summary>Which previews nobody needs any more.</summary>
internal static class Leftover
{
    /// <summary>Why a preview is left over; null where it is not.</summary>
    /// <param name="preview">The preview.</param>
    /// <param name="status">How its pull request stands; null where that is not known.</param>
    /// <param name="lifetime">How long one stays after its last change.</param>
    /// <param name="now">The time.</param>
    public static string? Reason(PreviewState preview, PullRequestStatus? status, TimeSpan lifetime, DateTimeOffset now) => status switch
    {
        PullRequestStatus.Merged => "its pull request is merged",
        PullRequestStatus.Closed => "its pull request is closed",
        _ => now - preview.Note.Updated > lifetime ? $"nobody has changed it for more than {Durations.Text(lifetime)}" : null,
    };
}
