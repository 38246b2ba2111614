using System.Text.RegularExpressions;

namespace Pipelines.Core.Tools.Ssh;

/// <summary>Signatures with SSH keys, as <c>ssh-keygen -Y</c> makes and checks them: ssh-keygen(1), and PROTOCOL.sshsig of OpenSSH.</summary>
/// <param name="Directory">The folder it runs in.</param>
/// <param name="Time">The clock.</param>
internal sealed partial record SshKeygen(string Directory, TimeProvider Time)
{
    private const string InstallHint = "OpenSSH 8.2 or later (Debian: apt-get install openssh-client; Windows: the optional feature OpenSSH Client)";

    /// <summary>Cancelled when waiting politely is over.</summary>
    public CancellationToken ForceToken { get; init; }

    /// <summary>Signs a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="key">The file of the private key, or of the public one where the ssh-agent has the other half. Of a key with a passphrase ssh-keygen itself asks at the terminal.</param>
    /// <param name="purpose">The namespace: a signature for one purpose is none for another.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidUsageException">There is no such key, or it cannot be used.</exception>
    public async Task<string> SignAsync(string text, string key, string purpose, CancellationToken cancellationToken)
    {
        if (!File.Exists(key))
            throw new InvalidUsageException("There is no key to sign with.", $"  {key}", "Name one with --key, or set git's user.signingKey; make one with: ssh-keygen -t ed25519");
        CommandResult result = await RunAsync(Command("-Y", "sign", "-q", "-f", key, "-n", purpose).WithInput(text), cancellationToken).ConfigureAwait(false);
        return result.Succeeded && result.Output.Contains("BEGIN SSH SIGNATURE", StringComparison.Ordinal)
            ? result.Output
            : throw new InvalidUsageException("ssh-keygen could not sign.", Evidence(result, key), "Check the key and its passphrase; with an ssh-agent, name the public key: --key ~/.ssh/id_ed25519.pub");
    }

    /// <summary>Checks a signature.</summary>
    /// <param name="text">The text that was signed.</param>
    /// <param name="signature">The signature.</param>
    /// <param name="principal">Who is said to have signed.</param>
    /// <param name="purpose">The namespace.</param>
    /// <param name="allowedSigners">The contents of the allowed-signers file.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The key's fingerprint where it is good, else what ssh-keygen says.</returns>
    public async Task<SshVerdict> VerifyAsync(string text, string signature, string principal, string purpose, string allowedSigners, CancellationToken cancellationToken)
    {
        // A principal is matched against patterns, and ssh-keygen prints it: nothing but a plain name may get there.
        if (principal.Length is 0 or > 256 || principal[0] == '-' || principal.Any(character => char.IsControl(character) || character is ' ' or ',' or '*' or '?' or '!' or '"'))
            return new SshVerdict(null, $"'{principal}' is no name of a signer");
        return await WithFilesAsync(signature, allowedSigners, async (signatureFile, signersFile) =>
        {
            CommandResult result = await RunAsync(Command("-Y", "verify", "-f", signersFile, "-I", principal, "-n", purpose, "-s", signatureFile).WithInput(text), cancellationToken).ConfigureAwait(false);
            Match fingerprint = Fingerprint().Match(result.Output);
            return result.Succeeded && fingerprint.Success ? new SshVerdict(fingerprint.Value, null) : new SshVerdict(null, Evidence(result, signatureFile, signersFile).Trim());
        }).ConfigureAwait(false);
    }

    /// <summary>The principals that the allowed-signers file gives to the key of a signature. The signature itself is not checked.</summary>
    public Task<IReadOnlyList<string>> FindPrincipalsAsync(string signature, string allowedSigners, CancellationToken cancellationToken) =>
        WithFilesAsync<IReadOnlyList<string>>(signature, allowedSigners, async (signatureFile, signersFile) =>
        {
            CommandResult result = await RunAsync(Command("-Y", "find-principals", "-f", signersFile, "-s", signatureFile), cancellationToken).ConfigureAwait(false);
            return result.Succeeded ? result.Output.Split(['\n', '\r', ','], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) : [];
        });

    private static Command Command(params string[] arguments) =>
        new Command("ssh-keygen", arguments).WithEnvironment("LC_ALL", "C").WithInstallHint(InstallHint).AllowAnyExitCode().Quiet();

    private Task<CommandResult> RunAsync(Command command, CancellationToken cancellationToken) =>
        ProcessRunner.RunAsync(command, Directory, null, Time, cancellationToken, ForceToken);

    /// <summary>Two files in a folder that only this user can read.</summary>
    private static async Task<T> WithFilesAsync<T>(string signature, string allowedSigners, Func<string, string, Task<T>> action)
    {
        string folder = System.IO.Directory.CreateTempSubdirectory("pipelines-signature-").FullName;
        try
        {
            string signatureFile = Path.Combine(folder, "signature");
            string signersFile = Path.Combine(folder, "allowed-signers");
            await File.WriteAllTextAsync(signatureFile, signature).ConfigureAwait(false);
            await File.WriteAllTextAsync(signersFile, allowedSigners).ConfigureAwait(false);
            return await action(signatureFile, signersFile).ConfigureAwait(false);
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    private static string Evidence(CommandResult result, params ReadOnlySpan<string> paths)
    {
        string text = result.ErrorOutput + result.Output;
        foreach (string path in paths)
            text = text.Replace(path, Path.GetFileName(path), StringComparison.Ordinal);
        string[] lines = [.. text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries).Take(6)];
        return lines.Length == 0 ? $"  exit code {result.ExitCode}" : string.Join('\n', lines.Select(line => "  " + line));
    }

    [GeneratedRegex(@"SHA256:[A-Za-z0-9+/=]{20,}", RegexOptions.CultureInvariant)]
    private static partial Regex Fingerprint();
}
