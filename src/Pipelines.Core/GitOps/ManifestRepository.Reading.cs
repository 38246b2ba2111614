using System.Text;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>What an environment runs and ran.</content>
internal sealed partial class ManifestRepository
{
    /// <summary>More than anybody reads; keeps a history of years within bounds.</summary>
    private const int MaxHistory = 1000;

    /// <summary>What the environment runs now, who made it so, and what may not be deployed there. Pushes nothing.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    /// <exception cref="ManifestFileException">The file does not hold the value as it should.</exception>
    public async Task<EnvironmentState> ReadStateAsync(string app, string environment, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        (GitFile file, GitFile? blocked) = await ReadAsync(clone, new ManifestCommit(app, "", "") { Environment = environment }, cancellationToken).ConfigureAwait(false);
        ManifestEdit value = ManifestEdit.Open(_target, file.Bytes);
        (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
        ManifestRecord? deployment = value.Tag is null ? null : await DeploymentOfAsync(clone, value.Tag, cancellationToken).ConfigureAwait(false);
        IReadOnlyList<GitLogEntry> last = await clone.HistoryAsync(_target.File, 1, cancellationToken).ConfigureAwait(false);
        return new EnvironmentState(
            tip,
            value.Tag,
            value.Digest ?? deployment?.Digest,
            last.Count == 0 ? null : ManifestRecord.Of(last[0], value),
            deployment,
            BlockedDigests.Read(BlockedDigests.File(app, environment), blocked?.Bytes));
    }

    /// <summary>The commits that changed what the environment runs, the newest first. Others that touched the file are left out.</summary>
    public async Task<IReadOnlyList<ManifestRecord>> ReadHistoryAsync(int limit, CancellationToken cancellationToken)
    {
        BareClone clone = await OpenAsync(cancellationToken).ConfigureAwait(false);
        IReadOnlyList<GitLogEntry> entries = await clone.HistoryAsync(_target.File, Math.Min(MaxHistory, limit * 2), cancellationToken).ConfigureAwait(false);
        IReadOnlyList<string?> texts = await clone.ReadTextsAsync([.. entries.Select(entry => entry.Id)], _target.File, cancellationToken).ConfigureAwait(false);
        var records = new List<ManifestRecord>();
        for (int index = 0; index < entries.Count && records.Count < limit; index++)
        {
            ManifestEdit? value = At(index);
            ManifestEdit? before = index + 1 < entries.Count ? At(index + 1) : null;
            var record = ManifestRecord.Of(entries[index], value);
            if (record.Kind != ManifestRecordKind.ByHand || before is null || value is null || !value.Says(before.Tag, before.Digest))
                records.Add(record);
        }

        return records;

        ManifestEdit? At(int index) => ManifestEdit.TryOpen(_target, texts[index] is { } text ? Encoding.UTF8.GetBytes(text) : null);
    }
}
