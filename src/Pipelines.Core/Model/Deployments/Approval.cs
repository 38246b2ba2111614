namespace Pipelines.Core;

/// <summary>Evidence that a person let one digest into one environment. Only an approval stage makes one.</summary>
public sealed record Approval
{
    internal Approval(string digest, string environment, string approvedBy, string? reason, DateTimeOffset at, ApprovalMethod method = ApprovalMethod.None, string? proof = null, string? keyFingerprint = null)
    {
        Digest = digest;
        Environment = environment;
        ApprovedBy = approvedBy;
        Reason = reason;
        At = at;
        Method = method;
        Proof = proof;
        KeyFingerprint = keyFingerprint;
    }

    /// <summary>The digest it is for.</summary>
    public string Digest { get; }

    /// <summary>The environment it is for.</summary>
    public string Environment { get; }

    /// <summary>Who gave it.</summary>
    public string ApprovedBy { get; }

    /// <summary>Why, where they said so.</summary>
    public string? Reason { get; }

    /// <summary>When.</summary>
    public DateTimeOffset At { get; }

    /// <summary>In which way.</summary>
    public ApprovalMethod Method { get; }

    /// <summary>How far the name can be believed, in a sentence; null where nothing is known.</summary>
    public string? Proof { get; }

    /// <summary>The fingerprint of the key that signed it, <c>SHA256:…</c>; null for the other ways.</summary>
    public string? KeyFingerprint { get; }
}
