namespace Pipelines.Core;

/// <summary>The general failure of a stage, for scripts' own stages. Core's stages have errors of their own that carry data.</summary>
public sealed class StageFailedException : PipelineException
{
    /// <summary>Makes the error.</summary>
    /// <param name="what">What failed, in one sentence.</param>
    /// <param name="evidence">What was seen.</param>
    /// <param name="advice">What to do.</param>
    /// <param name="innerException">The error underneath.</param>
    public StageFailedException(string what, string? evidence = null, string? advice = null, Exception? innerException = null)
        : base(what, evidence, advice, innerException) { }

    /// <summary>Whether a retry may help.</summary>
    /// <value>false</value>
    public bool Transient { get; init; }

    /// <summary>Whether the image that was deployed is to blame, as with a check of what runs in the environment.</summary>
    /// <value>false: the deployment is undone, and the image may be deployed again</value>
    public bool ImageAtFault { get; init; }

    /// <inheritdoc/>
    public override bool IsTransient => Transient;

    /// <inheritdoc/>
    public override bool IsImageAtFault => ImageAtFault;
}
