namespace Pipelines.Core;

/// <summary>A pipeline was put together wrongly. All that is wrong is in one error.</summary>
public sealed class PipelineDefinitionException : PipelineException
{
    internal PipelineDefinitionException(string pipeline, IReadOnlyList<string> errors)
        : base(
            errors.Count == 1 ? $"The pipeline '{pipeline}' cannot be built: {errors[0]}" : $"The pipeline '{pipeline}' cannot be built, for {errors.Count} reasons:",
            errors.Count == 1 ? null : string.Join('\n', errors.Select(error => "  - " + error))) =>
        Errors = errors;

    /// <summary>Each thing that is wrong.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Usage;
}
