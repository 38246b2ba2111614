using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core.Cli.Commands;

/// <summary>The environment's lock while a person rolls back: it is taken from whoever has it, after that was said, so that no run deploys in between. A lock that cannot be had never keeps a rollback from being done.</summary>
internal sealed class RollbackLock(EnvironmentSession session, DeploymentEnvironment environment)
{
    private LockEntry? _seen;
    private EnvironmentLease? _lease;

    /// <summary>Who is in the way.</summary>
    /// <returns>What a person should know before saying yes.</returns>
    public async Task<IReadOnlyList<string>> LookAsync()
    {
        if (environment.Lock == LockPolicy.Off)
            return [];
        try
        {
            using RefDocuments refs = await RefDocuments.OpenAsync(environment.Manifest, session.Context, session.Cancel).ConfigureAwait(false);
            LockState state = await LockState.ReadAsync(refs, environment, session.Cancel).ConfigureAwait(false);
            _seen = state.Holder;
            var texts = new List<string>();
            if (_seen is not null)
                texts.Add($"'{environment.Name}' is locked by {_seen.Text}. The rollback takes the lock over: that run deploys nothing more there, ends as superseded, and leaves what you set.");
            if (state.Waiting.Count > 0)
                texts.Add($"{(state.Waiting.Count == 1 ? "1 run waits" : $"{state.Waiting.Count} runs wait")} for '{environment.Name}' and go on after the rollback: {string.Join("; ", state.Waiting.Select(entry => entry.Text))}.");
            return texts;
        }
        catch (GitException exception)
        {
            return [$"Whether a run has '{environment.Name}' could not be asked: {exception.What}"];
        }
    }

    /// <summary>Takes it.</summary>
    /// <exception cref="EnvironmentLockException">By now somebody else has it: the person has to know.</exception>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "the lease owns it")]
    public async Task TakeAsync()
    {
        if (environment.Lock == LockPolicy.Off)
            return;
        RefDocuments? refs = null;
        try
        {
            StageContext context = session.Context;
            refs = await RefDocuments.OpenAsync(environment.Manifest, context, session.Cancel).ConfigureAwait(false);
            DateTimeOffset now = context.Time.GetUtcNow();
            var wanted = new LockEntry(context.Run.Id, context.Run.IsCi ? context.Run.Host : Environment.MachineName, session.Actor, "none", null, now, now, now) { Doing = "rollback" };
            _lease = await new EnvironmentQueue(environment.App, environment.Name, LockPolicy.Queue, refs, context).SeizeAsync(wanted, _seen, session.Cancel).ConfigureAwait(false);
        }
        catch (GitException exception)
        {
            session.Context.Log.Warning($"The lock of '{environment.Name}' could not be taken, and the rollback goes on without: a run may deploy at the same time. {exception.What}");
        }
        finally
        {
            if (_lease is null)
                refs?.Dispose();
        }
    }

    /// <summary>Gives it back.</summary>
    public async Task ReleaseAsync()
    {
        if (_lease is not null)
            await _lease.DisposeAsync().ConfigureAwait(false);
    }
}
