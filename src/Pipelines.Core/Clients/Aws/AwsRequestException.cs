namespace Pipelines.Core;

/// <summary>An AWS API refused or failed a call.</summary>
public sealed class AwsRequestException : PipelineException
{
    internal AwsRequestException(string operation, string code, string what, string? evidence, string? advice, bool transient, Exception? innerException = null)
        : base(what, evidence, advice, innerException)
    {
        Operation = operation;
        Code = code;
        IsTransient = transient;
    }

    /// <summary>The call, such as <c>ecr:GetAuthorizationToken</c>: the name of its IAM permission too.</summary>
    public string Operation { get; }

    /// <summary>The error's code, such as <c>AccessDeniedException</c>; empty where there was no answer.</summary>
    public string Code { get; }

    /// <inheritdoc/>
    public override bool IsTransient { get; }
}
