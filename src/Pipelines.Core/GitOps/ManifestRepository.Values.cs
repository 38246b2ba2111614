using System.Text;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>Single looks at the newest state, without the history.</content>
internal sealed partial class ManifestRepository
{
    private static readonly ManifestCommit Nothing = new("", "", "");

    /// <summary>The whole file as the branch has it now.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    /// <exception cref="ManifestFileException">There is no such file.</exception>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString((await ReadAsync(clone, Nothing, cancellationToken).ConfigureAwait(false)).Manifest.Bytes);
    }

    /// <summary>What the file says now.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    /// <exception cref="ManifestFileException">The file does not hold the value as it should.</exception>
    public async Task<ManifestValue> ReadValueAsync(CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        ManifestEdit value = ManifestEdit.Open(_target, (await ReadAsync(clone, Nothing, cancellationToken).ConfigureAwait(false)).Manifest.Bytes);
        (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
        return new ManifestValue(tip, value.Tag, value.Digest);
    }

    /// <summary>The tag that a commit of the branch replaced; null where it was empty, or is not known.</summary>
    public async Task<string?> ReadPreviousAsync(string commit, CancellationToken cancellationToken) =>
        await PreviousOfAsync(await OpenAsync(cancellationToken).ConfigureAwait(false), commit, cancellationToken).ConfigureAwait(false);

    /// <summary>Whether a commit is in the branch.</summary>
    public async Task<bool> HoldsAsync(string commit, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
        return await clone.ContainsAsync(tip, commit, cancellationToken).ConfigureAwait(false);
    }
}
