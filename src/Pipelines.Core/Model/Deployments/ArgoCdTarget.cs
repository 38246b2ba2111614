namespace Pipelines.Core;

/// <summary>An Argo CD application and the server that knows it.</summary>
public sealed record ArgoCdTarget
{
    /// <summary>The server's address, such as <c>https://argocd.example.com</c>.</summary>
    public required Uri Server { get; init; }

    /// <summary>The application's name.</summary>
    public required string Application { get; init; }

    /// <summary>The API token of an Argo CD account or project role that may <c>get</c> the application; null where the server asks for none.</summary>
    public SecretReference? Token { get; init; }

    /// <summary>How long the sync and the health may take together.</summary>
    /// <value>10 minutes</value>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(10);
}
