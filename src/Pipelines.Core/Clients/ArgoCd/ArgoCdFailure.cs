namespace Pipelines.Core;

/// <summary>Why a wait for Argo CD ended without success.</summary>
public enum ArgoCdFailure
{
    /// <summary>The server could not be reached, or kept failing.</summary>
    Unreachable,

    /// <summary>What answers is not Argo CD's API: a login page, a proxy, another server.</summary>
    NotArgoCd,

    /// <summary>The token is missing, wrong, or lacks a permission.</summary>
    Credential,

    /// <summary>There is no such application, or this token may not see it.</summary>
    NotFound,

    /// <summary>Argo CD could not apply our revision.</summary>
    SyncFailed,

    /// <summary>Our revision was applied, and is not healthy.</summary>
    Degraded,

    /// <summary>A newer deployment took the place of ours before it was healthy.</summary>
    Superseded,

    /// <summary>The time was over.</summary>
    Timeout,
}
