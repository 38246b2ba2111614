namespace Pipelines.Sandbox.Aws;

/// <summary>A secret of Secrets Manager.</summary>
internal sealed record StoredSecret
{
    public const string Current = "AWSCURRENT";

    /// <summary>The texts by version stage, such as <c>AWSCURRENT</c>.</summary>
    public Dictionary<string, string> Stages { get; init; } = new(StringComparer.Ordinal);

    /// <summary>Instead of text.</summary>
    public byte[]? Binary { get; init; }

    /// <summary>Whether it is marked for deletion.</summary>
    public bool IsDeleted { get; init; }

    public static StoredSecret Of(string text) => new() { Stages = { [Current] = text } };

    /// <summary>A version's id: a UUID, the same whenever the stage is.</summary>
    public static string VersionId(string stage) => new Guid(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(stage)).AsSpan(0, 16)).ToString("D");
}
