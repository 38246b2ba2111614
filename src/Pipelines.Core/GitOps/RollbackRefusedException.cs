namespace Pipelines.Core;

/// <summary>A rollback was asked for that cannot be done, or that a human has to decide on first. Nothing was changed.</summary>
public sealed class RollbackRefusedException : PipelineException
{
    internal RollbackRefusedException(string environment, string reason, string? evidence, string advice)
        : base($"'{environment}' was not rolled back: {reason}.", evidence, advice) => Environment = environment;

    /// <summary>The environment.</summary>
    public string Environment { get; }
}
