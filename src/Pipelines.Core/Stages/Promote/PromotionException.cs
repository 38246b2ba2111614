namespace Pipelines.Core;

/// <summary>What an environment runs may not go to another one.</summary>
public sealed class PromotionException : PipelineException
{
    internal PromotionException(string environment, string what, string? evidence, string? advice)
        : base(what, evidence, advice) => Environment = environment;

    /// <summary>The environment it would come from.</summary>
    public string Environment { get; }
}
