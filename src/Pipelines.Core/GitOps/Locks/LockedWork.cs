namespace Pipelines.Core.GitOps.Locks;

/// <summary>Work on an environment that ends when the run loses the environment's lock.</summary>
internal static class LockedWork
{
    /// <summary>Does it. Where the run holds no lock, the work alone counts.</summary>
    /// <param name="environment">The environment.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="work">The work; its token ends when the lock is lost.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EnvironmentLockException">The lock was lost. What the work failed with then says nothing about what this run deployed.</exception>
    public static async Task<T> RunAsync<T>(DeploymentEnvironment environment, StageContext context, Func<CancellationToken, Task<T>> work, CancellationToken cancellationToken)
    {
        if (EnvironmentLease.Find(environment, context) is not { } lease)
            return await work(cancellationToken).ConfigureAwait(false);
        lease.ThrowIfLost();
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, lease.Lost);
        try
        {
            return await work(either.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is not EnvironmentLockException && !cancellationToken.IsCancellationRequested)
        {
            await lease.CheckAsync(cancellationToken).ConfigureAwait(false);
            throw;
        }
    }
}
