namespace Pipelines.Core.GitOps.Locks;

/// <summary>Who has an environment, and who waits for it.</summary>
/// <param name="Holder">Who has it; null for nobody.</param>
/// <param name="Waiting">Who waits, by arrival.</param>
internal sealed record LockState(LockEntry? Holder, IReadOnlyList<LockEntry> Waiting)
{
    /// <summary>Looks. What cannot be read is left out: <c>lock list</c> names it.</summary>
    /// <exception cref="GitException">The repository cannot be reached.</exception>
    public static async Task<LockState> ReadAsync(RefDocuments refs, DeploymentEnvironment environment, CancellationToken cancellationToken)
    {
        IReadOnlyList<RefDocument> documents = await refs.ListAsync(EnvironmentLocks.Pattern(environment.App, environment.Name), cancellationToken).ConfigureAwait(false);
        LockEntry? holder = documents.Where(document => !EnvironmentLocks.IsWaiting(document.Name)).Select(document => LockEntry.Parse(document.Text)).FirstOrDefault();
        return new LockState(
            holder is { Released: null } ? holder : null,
            [.. documents.Where(document => EnvironmentLocks.IsWaiting(document.Name)).OrderBy(document => document.Name, StringComparer.Ordinal).Select(document => LockEntry.Parse(document.Text)).OfType<LockEntry>()]);
    }
}
