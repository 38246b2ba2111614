namespace Pipelines.Sandbox.Aws;

/// <summary>An access key of the stand-in's account.</summary>
/// <param name="Id">The access key id.</param>
/// <param name="Secret">The secret access key.</param>
internal sealed record AccountKey(string Id, string Secret)
{
    /// <summary>The token that a temporary key must come with; null for a lasting one.</summary>
    public string? SessionToken { get; init; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset? Expires { get; init; }

    /// <summary>Whose it is.</summary>
    public string Arn { get; init; } = $"arn:aws:iam::{AwsAccount.Number}:user/sandbox";
}
