namespace Pipelines.Core;

/// <summary>A registry cannot be reached, is overloaded or limits the rate. A retry may help.</summary>
public sealed class RegistryUnavailableException : PipelineException
{
    internal RegistryUnavailableException(string registry, string asked, string evidence, Exception? innerException = null)
        : base(
            $"The registry {registry} did not {asked}.",
            evidence,
            "This often passes by itself: run again later. If it stays, check the registry's name, the network and the proxy of this machine, and the registry's status page.",
            innerException) => Registry = registry;

    /// <summary>The registry's host.</summary>
    public string Registry { get; }

    /// <inheritdoc/>
    public override bool IsTransient => true;
}
