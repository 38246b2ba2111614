using Pipelines.Core.GitOps;

namespace Pipelines.Core;

/// <summary>A digest was rolled back in an environment, and nobody has let it in again. Nothing was deployed.</summary>
public sealed class DigestBlockedException : PipelineException
{
    internal DigestBlockedException(string app, string environment, string tag, BlockedDigest blocked)
        : base(
            $"{app} {tag} was rolled back in '{environment}' and is blocked there, so it was not deployed again.",
            $"  {blocked.Digest ?? blocked.Tag}\n  since {DocumentJson.Time(blocked.At)}, by {blocked.By}\n  because {blocked.Reason}"
            + (blocked.BuildUrl is null ? "" : $"\n  {blocked.BuildUrl}"),
            "A new commit is free to go: fix it and push. If this image was not at fault, say so and run again: "
            + $"dotnet run --project build -- unblock --env {environment} --reason \"…\"")
    {
        Environment = environment;
        Digest = blocked.Digest;
        Reason = blocked.Reason;
    }

    /// <summary>The environment.</summary>
    public string Environment { get; }

    /// <summary>The digest; null where only the tag is known.</summary>
    public string? Digest { get; }

    /// <summary>Why it was rolled back.</summary>
    public string Reason { get; }
}
