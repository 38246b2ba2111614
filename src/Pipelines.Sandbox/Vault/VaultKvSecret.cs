namespace Pipelines.Sandbox.Vault;

/// <summary>A secret of the KV engine, with its versions; KV v1 has the last one alone.</summary>
internal sealed class VaultKvSecret
{
    public List<Version> Versions { get; } = [];

    internal sealed class Version
    {
        /// <summary>The object that was written, as JSON.</summary>
        public required string Json { get; init; }

        public required DateTimeOffset Created { get; init; }

        public DateTimeOffset? Deleted { get; set; }

        public bool IsDestroyed { get; set; }
    }
}
