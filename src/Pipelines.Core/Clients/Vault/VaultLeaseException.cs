namespace Pipelines.Core.Clients.Vault;

/// <summary>Leases of this run could not be given back at its end.</summary>
internal sealed class VaultLeaseException(string what, string? evidence, string advice) : PipelineException(what, evidence, advice);
