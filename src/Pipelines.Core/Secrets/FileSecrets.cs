using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary><c>file://path</c>: a file that holds nothing else, such as <c>file:///run/secrets/token</c>. Relative paths start at the service's root. One line end at the end of the file is no part of the value.</summary>
/// <remarks>A pipe, such as a shell's <c>&lt;(command)</c>, is read too, but not waited for longer than <see cref="Patience"/>: one that nobody writes into would block for ever.</remarks>
internal sealed class FileSecrets(string directory, TimeProvider time) : ISecretSource
{
    public const int LargestFile = 64 * 1024;

    /// <summary>How long opening and reading may take: a vault's agent that mounts files may be slow.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static readonly UTF8Encoding s_strictUtf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public string Scheme => "file";

    public async Task<string> ReadAsync(SecretReference reference, CancellationToken cancellationToken)
    {
        string path = PathOf(reference);
        byte[] bytes = await ReadFileAsync(reference, path, cancellationToken).ConfigureAwait(false);
        ReadOnlySpan<byte> content = bytes;
        if (content.StartsWith(Encoding.UTF8.Preamble))
            content = content[Encoding.UTF8.Preamble.Length..];
        string value;
        try
        {
            value = content.Contains((byte)0) ? throw NotText(reference, "It holds a NUL byte.") : s_strictUtf8.GetString(content);
        }
        catch (DecoderFallbackException)
        {
            throw NotText(reference, "It is not UTF-8 text."); // the original error shows bytes of the secret
        }

        if (value.EndsWith('\n'))
            value = value[..^(value.EndsWith("\r\n", StringComparison.Ordinal) ? 2 : 1)];
        return value.Length > 0 ? value : throw new SecretUnusableException(reference, $"The file {path} is empty.", "Write the secret into it, or point the reference at another file.");
    }

    private string PathOf(SecretReference reference)
    {
        string path = reference.Path;
        if (OperatingSystem.IsWindows() && path.Length > 2 && path[0] == '/' && path[2] == ':')
            path = path[1..]; // file:///C:/…
        return Path.GetFullPath(path, directory);
    }

    private async Task<byte[]> ReadFileAsync(SecretReference reference, string path, CancellationToken cancellationToken)
    {
        try
        {
            // On a thread of its own: to open a pipe blocks, and nothing can call that off.
            Task<byte[]> reading = Task.Factory.StartNew(() => Read(reference, path), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
            return await reading.WaitAsync(Patience, time, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException exception)
        {
            throw new SecretUnusableException(
                reference, $"{path} gave nothing to read within {Durations.Text(Patience)}.", "If it is a pipe, nobody writes into it; if it lies on a network, that may be down. A plain file is best.", exception);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            throw new SecretNotFoundException(reference, $"There is no file {path}.", "Mount or write the file before the run, or correct the reference.");
        }
        catch (UnauthorizedAccessException exception)
        {
            bool isFolder = Directory.Exists(path);
            throw new SecretUnusableException(
                reference,
                isFolder ? $"{path} is a folder." : $"The user {Environment.UserName} may not read {path}.",
                isFolder ? "Name the file within it." : "Give this user the right to read the file, and nobody else.",
                exception);
        }
        catch (IOException exception)
        {
            throw new SecretUnusableException(reference, $"Reading {path} failed: {exception.Message}", "Check the disk or the mount that holds it.", exception);
        }
    }

    private static byte[] Read(SecretReference reference, string path)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 1);
        byte[] buffer = new byte[LargestFile + 1]; // pipes and /proc files do not tell their length
        int length = stream.ReadAtLeast(buffer, buffer.Length, throwOnEndOfStream: false);
        return length <= LargestFile
            ? buffer[..length]
            : throw new SecretUnusableException(reference, $"The file {path} is larger than {LargestFile / 1024} KB.", "A secret's file holds the secret and nothing else: check the path.");
    }

    private static SecretUnusableException NotText(SecretReference reference, string evidence) =>
        new(reference, evidence, "Only text can be a secret. Store binary data, such as a keystore, as base64 and decode it where it is used.");
}
