namespace Pipelines.Core;

/// <summary>The one value of the one file of the manifest repository that says which image an environment runs.</summary>
public sealed record ManifestTarget
{
    /// <summary>The repository's address: https, ssh, <c>git@host:path</c> or a path. Without credentials.</summary>
    public required string Repository { get; init; }

    /// <summary>The branch that Argo CD follows.</summary>
    /// <value>main</value>
    public string Branch { get; init; } = "main";

    /// <summary>The file, from the repository's root, such as <c>apps/order-service/values-staging.yaml</c>.</summary>
    public required string File { get; init; }

    /// <summary>The key of the tag in that file, dots between the levels.</summary>
    /// <value>image.tag</value>
    public string Key { get; init; } = "image.tag";

    /// <summary>The key of the digest in that file, where the chart has one: it is written beside the tag, so that what runs is what was scanned even if a tag were moved. Null for none.</summary>
    /// <value>null</value>
    public string? DigestKey { get; init; }

    /// <summary>The token for https; null for ssh keys, files, and whatever git itself is configured with.</summary>
    public SecretReference? Token { get; init; }

    /// <summary>The user name that goes with the token.</summary>
    /// <value>x-access-token, which GitHub and GitLab both take</value>
    public string TokenUser { get; init; } = "x-access-token";

    /// <summary>The author and committer of the manifest commits.</summary>
    /// <value>Pipelines</value>
    public string AuthorName { get; init; } = "Pipelines";

    /// <summary>Their mail address.</summary>
    /// <value>pipelines@ci.invalid</value>
    public string AuthorEmail { get; init; } = "pipelines@ci.invalid";

    /// <summary>How often a push may be tried when others push at the same time. With fifty at once the unluckiest needs about a dozen.</summary>
    /// <value>30</value>
    public int PushAttempts { get; init; } = 30;
}
