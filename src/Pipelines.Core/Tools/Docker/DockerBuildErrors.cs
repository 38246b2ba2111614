using System.Text.RegularExpressions;

namespace Pipelines.Core.Tools.Docker;

/// <summary>Tells a base image that cannot be pulled from a Dockerfile that does not build.</summary>
internal static partial class DockerBuildErrors
{
    private static readonly string[] Transient =
    [
        "toomanyrequests", "too many requests", "rate limit", "no such host", "temporary failure in name resolution", "server misbehaving", "connection refused", "connection reset", "i/o timeout",
        "tls handshake timeout", "client.timeout exceeded", "context deadline exceeded", "network is unreachable", "no route to host", "unexpected eof", "bad gateway", "service unavailable", "gateway timeout",
        "500 internal server error",
    ];

    private static readonly string[] Lasting = ["manifest unknown", "not found", "pull access denied", "insufficient_scope", "unauthorized", "authorization failed", "denied"];

    /// <summary>The error for what docker printed; null where the base image is not to blame.</summary>
    public static BaseImageUnavailableException? BaseImage(string output)
    {
        string[] lines = [.. output.Split('\n').Select(line => line.TrimEnd('\r')).Where(line => line.Trim().Length > 0)];
        string last = lines.LastOrDefault(line => !line.StartsWith("View build details", StringComparison.Ordinal)) ?? "";
        bool buildKit = last.Contains("failed to solve", StringComparison.Ordinal);
        // a step of the Dockerfile that has no network is the service's own failure
        if (last.Contains("did not complete successfully", StringComparison.Ordinal) || last.Contains("returned a non-zero code", StringComparison.Ordinal) || last.Contains("executor failed running", StringComparison.Ordinal))
            return null;
        string? image = buildKit ? Resolved(last) ?? LoadedMetadata(lines) : lastFrom(lines);
        bool pulling = buildKit
            ? PullWords().IsMatch(last)
            : image is not null && (last.StartsWith("Get \"http", StringComparison.Ordinal) || last.Contains("Error response from daemon", StringComparison.Ordinal) || PullWords().IsMatch(last));
        if (!pulling)
            return null;
        if (Contains(last, Transient))
            return new BaseImageUnavailableException(image ?? "of the Dockerfile", last.Trim(), transient: true);
        return Contains(last, Lasting) ? new BaseImageUnavailableException(image ?? "of the Dockerfile", last.Trim(), transient: false) : null;

        // the classic builder stops at the step it cannot do
        static string? lastFrom(string[] lines) =>
            lines.LastOrDefault(line => line.StartsWith("Step ", StringComparison.Ordinal)) is { } step && ClassicFrom().Match(step) is { Success: true } match ? match.Groups["image"].Value : null;
    }

    private static bool Contains(string line, string[] signs) => signs.Any(sign => line.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private static string? Resolved(string line) => BuildKitImage().Match(line) is { Success: true } match ? Short(match.Groups["image"].Value) : null;

    private static string? LoadedMetadata(string[] lines) =>
        lines.Select(line => MetadataStep().Match(line)).LastOrDefault(match => match.Success) is { } match ? Short(match.Groups["image"].Value) : null;

    private static string Short(string image) => image.Replace("docker.io/library/", "", StringComparison.Ordinal);

    [GeneratedRegex(@"(?:failed to resolve source metadata for|failed to authorize:|failed to do request|failed to fetch|pull access denied|manifest unknown|unexpected status|failed to copy|failed to create LLB definition|manifest for|toomanyrequests)", RegexOptions.CultureInvariant)]
    private static partial Regex PullWords();

    [GeneratedRegex(@"failed to resolve source metadata for (?<image>\S+?):? ", RegexOptions.CultureInvariant)]
    private static partial Regex BuildKitImage();

    [GeneratedRegex(@"\[.*internal\] load metadata for (?<image>\S+?):?\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex MetadataStep();

    [GeneratedRegex(@"^Step [0-9]+/[0-9]+ : FROM (?:--platform=\S+ )?(?<image>\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex ClassicFrom();
}
