namespace Pipelines.Core;

/// <summary>The CI system gives this job no OpenID Connect token of the audience that is asked for.</summary>
public sealed class IdentityTokenException : PipelineException
{
    internal IdentityTokenException(string audience, string what, string? evidence, string advice, bool transient = false, Exception? innerException = null)
        : base(what, evidence, advice, innerException)
    {
        Audience = audience;
        IsTransient = transient;
    }

    /// <summary>Whom the token was for, such as <c>sts.amazonaws.com</c>.</summary>
    public string Audience { get; }

    /// <inheritdoc/>
    public override bool IsTransient { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => IsTransient ? FailureKind.Failed : FailureKind.MissingPrerequisite;
}
