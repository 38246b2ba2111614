namespace Pipelines.Core;

/// <summary>A registry answered something that its protocol does not allow: a web page, a wrong digest, an unknown error.</summary>
public sealed class RegistryAnswerException : PipelineException
{
    internal RegistryAnswerException(string registry, string what, string? evidence, string? advice = null, Exception? innerException = null)
        : base(what, evidence, advice ?? $"Check that '{registry}' is a container registry (https://github.com/opencontainers/distribution-spec) and that no proxy answers in its place.", innerException) =>
        Registry = registry;

    /// <summary>The registry's host.</summary>
    public string Registry { get; }
}
