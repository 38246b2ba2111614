namespace Pipelines.Core.GitOps;

/// <summary>Why a manifest changed.</summary>
internal enum ManifestRecordKind
{
    /// <summary>A run deployed.</summary>
    Deployment,

    /// <summary>A run took its own deployment back.</summary>
    Undo,

    /// <summary>Somebody asked for an earlier version by <c>rollback</c>.</summary>
    Rollback,

    /// <summary>Somebody committed by other means.</summary>
    ByHand,
}
