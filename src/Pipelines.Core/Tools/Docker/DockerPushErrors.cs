namespace Pipelines.Core.Tools.Docker;

/// <summary>What docker prints when a registry refuses.</summary>
internal static class DockerPushErrors
{
    private static readonly string[] Transient =
    [
        "toomanyrequests", "too many requests", "no such host", "connection refused", "connection reset", "i/o timeout", "tls handshake timeout", "Client.Timeout", "context deadline exceeded",
        "network is unreachable", "EOF", "bad gateway", "service unavailable", "gateway timeout", "internal server error", "server misbehaving", "received unexpected HTTP status: 5",
    ];

    public static StageFailedException OfLogin(DockerLogin login, string errors)
    {
        string line = LastLine(errors);
        return new StageFailedException(
            $"docker could not sign in to {login.Registry} as {login.User}.",
            "  " + line,
            $"Check that the password ({login.Password.Source}) belongs to that user and is not expired.")
        { Transient = IsTransient(line) };
    }

    public static PipelineException OfPush(Command command, ImageReference name, CommandResult result)
    {
        string line = LastLine(result.ErrorOutput.Trim().Length > 0 ? result.ErrorOutput : result.Output);
        if (IsTransient(line))
            return new StageFailedException($"docker could not push {name}: the registry cannot be reached or is overloaded.", "  " + line, "A retry may help.") { Transient = true };
        string? advice = line.Contains("denied", StringComparison.OrdinalIgnoreCase) || line.Contains("unauthorized", StringComparison.OrdinalIgnoreCase) || line.Contains("no basic auth", StringComparison.OrdinalIgnoreCase)
            ? "The user must have the right to push to that repository: set 'Credentials' of the stage, or the template's registry settings."
            : null;
        return new CommandFailedException(command, $"failed with exit code {result.ExitCode}", result.ExitCode, [line], advice);
    }

    private static bool IsTransient(string line) => Transient.Any(sign => line.Contains(sign, StringComparison.OrdinalIgnoreCase));

    private static string LastLine(string text) => text.Split('\n').Select(line => line.Trim()).LastOrDefault(line => line.Length > 0) ?? "(docker printed nothing)";
}
