namespace Pipelines.Core;

/// <summary>A preview cannot be put up, or was removed again. Environments other than it are not touched.</summary>
public sealed class PreviewException : PipelineException
{
    internal PreviewException(string what, string? evidence, string? advice) : base(what, evidence, advice) { }
}
