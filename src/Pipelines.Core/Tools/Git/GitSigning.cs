namespace Pipelines.Core.Tools.Git;

/// <summary>Who a person is and which key they sign with, as git is configured.</summary>
internal static class GitSigning
{
    private static readonly string[] Names = ["id_ed25519", "id_ed25519_sk", "id_ecdsa", "id_ecdsa_sk", "id_rsa"];

    /// <summary>The mail address; null where git has none.</summary>
    public static Task<string?> MailAsync(string directory, TimeProvider time, CancellationToken cancellationToken) => ConfiguredAsync(directory, "user.email", time, cancellationToken);

    /// <summary>The key that git signs commits with, or the usual one of ssh.</summary>
    /// <exception cref="InvalidUsageException">There is none.</exception>
    public static async Task<string> KeyAsync(string directory, string? home, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await ConfiguredAsync(directory, "gpg.format", time, cancellationToken).ConfigureAwait(false) == "ssh"
            && await ConfiguredAsync(directory, "user.signingKey", time, cancellationToken).ConfigureAwait(false) is { } key && !key.StartsWith("key::", StringComparison.Ordinal) && !key.StartsWith("ssh-", StringComparison.Ordinal))
        {
            return key.StartsWith("~/", StringComparison.Ordinal) && home is not null ? Path.Combine(home, key[2..]) : Path.GetFullPath(key, directory);
        }

        foreach (string name in Names)
            if (home is not null && Path.Combine(home, ".ssh", name) is { } file && File.Exists(file))
                return file;
        throw new InvalidUsageException("There is no SSH key to sign with.", home is null ? null : $"  looked for git's user.signingKey, and in {Path.Combine(home, ".ssh")}", "Name one with --key, or make one: ssh-keygen -t ed25519");
    }

    private static async Task<string?> ConfiguredAsync(string directory, string key, TimeProvider time, CancellationToken cancellationToken)
    {
        CommandResult result = await ProcessRunner.RunAsync(GitCommand.Create("config", "--get", key), directory, null, time, cancellationToken).ConfigureAwait(false);
        return result.Succeeded && result.Output.Trim() is { Length: > 0 } value ? value : null;
    }
}
