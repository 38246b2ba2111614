namespace Pipelines.Core;

/// <summary>Evidence that a person let one digest into one environment. Only an approval stage makes one.</summary>
public sealed record Approval
{
    internal Approval(string digest, string environment, string approvedBy, string? reason, DateTimeOffset at)
    {
        Digest = digest;
        Environment = environment;
        ApprovedBy = approvedBy;
        Reason = reason;
        At = at;
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
}
