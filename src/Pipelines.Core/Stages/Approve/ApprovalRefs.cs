using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Approve;

/// <summary>Where in the manifest repository requests and verdicts are.</summary>
internal static class ApprovalRefs
{
    /// <summary>What waits: one ref a run.</summary>
    public static string Waiting(string app, string environment, string run) => $"refs/pipelines/waiting/{RefDocuments.Segment(app)}/{RefDocuments.Segment(environment)}/{RefDocuments.Segment(run)}";

    /// <summary>All that waits for an app.</summary>
    public static string AllWaiting(string app) => $"refs/pipelines/waiting/{RefDocuments.Segment(app)}/*";

    /// <summary>All that waits for an environment of an app.</summary>
    public static string AllWaiting(string app, string environment) => $"refs/pipelines/waiting/{RefDocuments.Segment(app)}/{RefDocuments.Segment(environment)}/*";

    /// <summary>What people said to one request: a ref each, so that no bad one stands in the way of a good one.</summary>
    public static string Verdicts(ApprovalRequest request) => $"refs/pipelines/verdicts/{RefDocuments.Segment(request.App)}/{RefDocuments.Segment(request.Environment)}/{RefDocuments.Segment(request.Run)}/";

    /// <summary>The verdicts that counted, each on top of the one before.</summary>
    public static string Counted(string app, string environment) => $"refs/pipelines/approvals/{RefDocuments.Segment(app)}/{RefDocuments.Segment(environment)}";
}
