namespace Pipelines.Core;

/// <summary>Something the user gave is not usable: an argument, an option, a setting, the state of the checkout.</summary>
public sealed class InvalidUsageException : PipelineException
{
    /// <summary>Makes the error.</summary>
    /// <param name="what">What is not usable.</param>
    /// <param name="evidence">What was given.</param>
    /// <param name="advice">What to give instead.</param>
    public InvalidUsageException(string what, string? evidence = null, string? advice = null) : base(what, evidence, advice) { }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Usage;
}
