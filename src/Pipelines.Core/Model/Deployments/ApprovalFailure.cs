namespace Pipelines.Core;

/// <summary>Why there is no approval.</summary>
public enum ApprovalFailure
{
    /// <summary>Somebody who may decide said no.</summary>
    Refused,

    /// <summary>Nobody decided in time.</summary>
    Expired,

    /// <summary>Who decided may not.</summary>
    NotAllowed,

    /// <summary>None of the ways is open to this run.</summary>
    NoWay,
}
