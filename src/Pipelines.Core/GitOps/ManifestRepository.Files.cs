using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <content>Whole files, for what comes and goes.</content>
internal sealed partial class ManifestRepository
{
    /// <summary>Looks at the newest state.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    public async Task<T> LookAsync<T>(Func<BareClone, Task<T>> look, CancellationToken cancellationToken) =>
        await look(await OpenAsync(cancellationToken).ConfigureAwait(false)).ConfigureAwait(false);

    /// <summary>Changes files by one commit. What is changed is decided on the very state that is pushed onto, anew for each attempt.</summary>
    /// <param name="decide">The changes and the message; null where there is nothing to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Our commit, or the newest one where there was nothing to do; and which of the two.</returns>
    /// <exception cref="GitException">The repository cannot be reached or refuses.</exception>
    public async Task<(string Revision, bool Changed)> ChangeFilesAsync(Func<BareClone, Task<(IReadOnlyList<GitFileChange> Changes, string Message)?>> decide, CancellationToken cancellationToken)
    {
        string? attempted = null;
        (string, bool) result = default;
        await PushAsync(
            async clone =>
            {
                if (await decide(clone).ConfigureAwait(false) is not var (changes, message))
                {
                    (string tip, _) = await clone.DescribeAsync(clone.Tip, cancellationToken).ConfigureAwait(false);
                    // The answer to a push may be lost after the server took it: then it is done because of us.
                    bool isOurs = attempted is not null && await clone.ContainsAsync(tip, attempted, cancellationToken).ConfigureAwait(false);
                    result = isOurs ? (attempted!, true) : (tip, false);
                    return false;
                }

                attempted = await clone.CommitAsync(changes, message, Identity, cancellationToken).ConfigureAwait(false);
                result = (attempted, true);
                return true;
            },
            cancellationToken).ConfigureAwait(false);
        return result;
    }
}
