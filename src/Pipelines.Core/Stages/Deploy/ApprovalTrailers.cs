using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Who approved what, as the manifest's history keeps it.</summary>
internal static class ApprovalTrailers
{
    public static IEnumerable<(string, string)> Of(Approval approval)
    {
        if (approval.Method == ApprovalMethod.None)
            yield break;
        yield return ("Approved-At", DocumentJson.Time(approval.At));
        yield return ("Approval-Method", approval.Method.ToString().ToLowerInvariant());
        if (approval.Reason is not null)
            yield return ("Approval-Reason", approval.Reason);
        if (approval.KeyFingerprint is not null)
            yield return ("Approval-Key", approval.KeyFingerprint);
        if (approval.Proof is not null)
            yield return ("Approval-Proof", approval.Proof);
    }
}
