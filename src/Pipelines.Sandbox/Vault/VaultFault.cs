namespace Pipelines.Sandbox.Vault;

/// <summary>What the stand-in of Vault does instead of answering.</summary>
internal enum VaultFault
{
    None,

    /// <summary>503, as every sealed Vault.</summary>
    Sealed,

    /// <summary>429 with Retry-After.</summary>
    RateLimited,

    /// <summary>A sign-in page with status 200, as proxies do.</summary>
    Html,

    /// <summary>500 with Vault's body.</summary>
    InternalError,

    /// <summary>200 with half a JSON object.</summary>
    BrokenJson,

    /// <summary>No answer until the caller gives up.</summary>
    Silent,
}
