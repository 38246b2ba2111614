namespace Pipelines.Core;

/// <summary>Why something with a code host failed.</summary>
public enum CodeHostFailure
{
    /// <summary>None of the others; the evidence is what it answered.</summary>
    Other,

    /// <summary>It cannot be reached, is overloaded, or limits the rate. It may go away by itself.</summary>
    Unreachable,

    /// <summary>The token is missing or wrong, or lacks a permission.</summary>
    Authentication,

    /// <summary>There is no such project or request, or this token may not see it.</summary>
    NotFound,

    /// <summary>A person closed the pull request without merging it.</summary>
    Closed,

    /// <summary>Nobody merged the pull request in time.</summary>
    Expired,

    /// <summary>What was merged is not what was proposed.</summary>
    Changed,
}
