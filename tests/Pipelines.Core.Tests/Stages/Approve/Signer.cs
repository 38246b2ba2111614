using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Ssh;

namespace Pipelines.Core.Tests.Stages.Approve;

/// <summary>A person with a real SSH key.</summary>
internal sealed class Signer
{
    private Signer(string name, string key, string publicKey)
    {
        Name = name;
        Key = key;
        PublicKey = publicKey;
    }

    public string Name { get; }

    /// <summary>The file of the private key.</summary>
    public string Key { get; }

    public string PublicKey { get; }

    /// <summary>The line of the allowed-signers file.</summary>
    public string Line => $"{Name} {PublicKey}\n";

    public static async Task<Signer> CreateAsync(string folder, string name)
    {
        string key = Path.Combine(folder, "key-" + name.Replace('@', '-'));
        await ProcessRunner.RunAsync(new Command("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", name, "-f", key), folder, null, TimeProvider.System, CancellationToken.None);
        return new Signer(name, key, string.Join(' ', (await File.ReadAllTextAsync(key + ".pub")).Split(' ').Take(2)));
    }

    public Task<string> SignAsync(string text, string purpose) => new SshKeygen(Path.GetDirectoryName(Key)!, TimeProvider.System).SignAsync(text, Key, purpose, CancellationToken.None);
}
