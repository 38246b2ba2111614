namespace Pipelines.Core;

/// <summary>This machine has no AWS credentials.</summary>
public sealed class AwsCredentialsNotFoundException : PipelineException
{
    internal AwsCredentialsNotFoundException(string service, string evidence, Exception? innerException)
        : base(
            $"No AWS credentials were found to call {service}.",
            evidence,
            "On a laptop: 'aws sso login' and AWS_PROFILE. On a CI host: a role by OpenID Connect (AWS_ROLE_ARN and AWS_WEB_IDENTITY_TOKEN_FILE), the instance's or task's role, or AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
            innerException)
    { }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
