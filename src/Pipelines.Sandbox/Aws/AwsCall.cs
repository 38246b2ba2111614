namespace Pipelines.Sandbox.Aws;

/// <summary>A call that the stand-ins took.</summary>
/// <param name="Operation">Such as <c>secretsmanager:GetSecretValue</c>.</param>
/// <param name="Name">What it asked for.</param>
/// <param name="Signer">The ARN of who signed it; empty for an unsigned call.</param>
internal sealed record AwsCall(string Operation, string Name, string Signer);
