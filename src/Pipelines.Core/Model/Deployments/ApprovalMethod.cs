namespace Pipelines.Core;

/// <summary>A way in which a person lets a digest into an environment. Each says how far it can be believed: see docs/approvals.md.</summary>
[Flags]
public enum ApprovalMethod
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>A question at the terminal of the run. Never on a CI system. It proves that somebody sits there, under the account that the machine names.</summary>
    Terminal = 1,

    /// <summary>The gate of the CI system in front of the job: reviewers of a GitHub environment, a manual job on GitLab, <c>input</c> on Jenkins. It proves what the host tells.</summary>
    Host = 2,

    /// <summary>A document signed with an SSH key that the allowed-signers file knows, pushed to the manifest repository by <c>approve</c>. It proves who held the key.</summary>
    Signature = 4,

    /// <summary>Nobody: the sandbox says yes by itself, and says that it did. Refused in a live run.</summary>
    Simulated = 8,
}
