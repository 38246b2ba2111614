using System.Text;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

internal sealed partial class ManifestRepository
{
    /// <summary>The whole file as the branch has it now.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    /// <exception cref="ManifestFileException">There is no such file.</exception>
    public async Task<string> ReadTextAsync(CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        return Encoding.UTF8.GetString((await ReadAsync(clone, cancellationToken).ConfigureAwait(false)).Bytes);
    }

    /// <summary>What the file says now.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    /// <exception cref="ManifestFileException">The file does not hold the value as it should.</exception>
    public async Task<ManifestValue> ReadValueAsync(CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        GitFile file = await ReadAsync(clone, cancellationToken).ConfigureAwait(false);
        (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
        string? digest = _target.DigestKey is null ? null : YamlScalarEdit.Open(_target.File, file.Bytes, YamlKeyPath.Parse(_target.DigestKey)).Value;
        return new ManifestValue(tip, YamlScalarEdit.Open(_target.File, file.Bytes, _key).Value, string.IsNullOrEmpty(digest) ? null : digest);
    }

    /// <summary>Whether a commit is in the branch.</summary>
    public async Task<bool> HoldsAsync(string commit, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
        return await clone.ContainsAsync(tip, commit, cancellationToken).ConfigureAwait(false);
    }
}
