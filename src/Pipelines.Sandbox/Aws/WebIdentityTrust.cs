namespace Pipelines.Sandbox.Aws;

/// <summary>A role's trust in a CI system: exactly one audience and one subject, as a good trust policy says.</summary>
/// <param name="RoleArn">The role.</param>
/// <param name="Audience">The token's <c>aud</c>.</param>
/// <param name="Subject">The token's <c>sub</c>.</param>
internal sealed record WebIdentityTrust(string RoleArn, string Audience, string Subject);
