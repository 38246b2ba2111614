namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>What a revision that Argo CD names is to our deployment.</summary>
internal enum ArgoCdRevision
{
    /// <summary>Our commit is not in it.</summary>
    Unrelated,

    /// <summary>It is our commit, or a later one in which our value still stands.</summary>
    Ours,

    /// <summary>It is a later commit in which somebody set another value.</summary>
    Superseded,
}
