namespace Pipelines.Core;

/// <summary>A run has no right to its environment: its lock was lost, a newer run superseded it, or the lock cannot be read.</summary>
public sealed class EnvironmentLockException : PipelineException
{
    internal EnvironmentLockException(string environment, string what, string? evidence, string? advice) : base(what, evidence, advice) => Environment = environment;

    /// <summary>The environment.</summary>
    public string Environment { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Superseded;
}
