namespace Pipelines.Core;

/// <summary>Who may let a digest into an environment, how, and until when.</summary>
public sealed record ApprovalPolicy
{
    /// <summary>Who may approve, as they are named by the way they approve (a principal of the allowed-signers file, a login, an account) or by <see cref="Aliases"/>; <c>@name</c> is one of <see cref="Teams"/>. None for everybody whom a way can name.</summary>
    /// <value>none</value>
    public IReadOnlyList<string> Approvers { get; init; } = [];

    /// <summary>Teams by their name, without the <c>@</c>.</summary>
    /// <value>none</value>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Teams { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>The other names of a person: logins, accounts, mail addresses. What is an approver, an author and a starter is compared over all names of a person.</summary>
    /// <value>none</value>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Aliases { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Whether nobody approves a change of their own: neither an author of the commit nor who started the run. Where these are not known, nothing is approved.</summary>
    /// <value>false</value>
    public bool ForbidsOwnChanges { get; init; }

    /// <summary>Whether an approval without a reason is none.</summary>
    /// <value>false</value>
    public bool RequiresReason { get; init; }

    /// <summary>How long an approval is waited for, and how long one is good. It is over as well when the clock says so, whichever comes first.</summary>
    /// <value>24 hours</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The ways that are open. Those that this run cannot go are left out; where none is left, <see cref="WhenNobodyCan"/> says what comes of it, at once.</summary>
    /// <value>terminal, host and signature</value>
    public ApprovalMethod Methods { get; init; } = ApprovalMethod.Terminal | ApprovalMethod.Host | ApprovalMethod.Signature;

    /// <summary>What becomes of a run in which none of the ways is open.</summary>
    /// <value>it fails</value>
    public ApprovalFallback WhenNobodyCan { get; init; }

    /// <summary>Whose keys approve; null where nobody can by a signature.</summary>
    /// <value>null</value>
    public ApprovalSigners? Signers { get; init; }

    /// <summary>The name that the environment has on the CI system; null for its own.</summary>
    /// <value>null</value>
    public string? HostEnvironment { get; init; }

    /// <summary>A token that may read the run's reviews on GitHub (<c>actions: read</c>); null where there is none.</summary>
    /// <value>null</value>
    public SecretReference? HostToken { get; init; }

    /// <summary>The variable that Jenkins' <c>input</c> puts the approver into (its <c>submitterParameter</c>).</summary>
    /// <value>APPROVED_BY</value>
    public string JenkinsSubmitterVariable { get; init; } = "APPROVED_BY";
}
