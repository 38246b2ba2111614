namespace Pipelines.Core;

/// <summary>Why a git command failed.</summary>
public enum GitFailure
{
    /// <summary>None of the others; the evidence is what git said.</summary>
    Other,

    /// <summary>Somebody else pushed to the branch meanwhile. A fetch and another push helps.</summary>
    Rejected,

    /// <summary>A protected branch or a hook of the server refuses the push. Trying again does not help.</summary>
    Declined,

    /// <summary>The credential is missing, wrong, or lacks a permission.</summary>
    Authentication,

    /// <summary>The server cannot be reached or is overloaded. It may go away by itself.</summary>
    Unreachable,

    /// <summary>The server's certificate or host key is not trusted.</summary>
    Untrusted,

    /// <summary>There is no such repository, or this credential may not see it.</summary>
    RepositoryNotFound,

    /// <summary>The repository has no such branch.</summary>
    BranchNotFound,
}
