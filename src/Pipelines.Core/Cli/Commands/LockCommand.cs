using System.Runtime.CompilerServices;
using System.Text;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>lock</c>: who holds an environment and who waits for it; and taking it from a holder by hand.</summary>
internal static class LockCommand
{
    public static async Task<int> ListAsync(Invocation invocation)
    {
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        var found = new List<(string Environment, bool Waits, LockEntry? Entry)>();
        foreach (DeploymentEnvironment environment in session.Environments)
        {
            session.Open(environment).Dispose(); // says what is missing
            using RefDocuments refs = await RefDocuments.OpenAsync(environment.Manifest, session.Context, session.Cancel).ConfigureAwait(false);
            IReadOnlyList<RefDocument> documents = await refs.ListAsync(EnvironmentLocks.Pattern(environment.App, environment.Name), session.Cancel).ConfigureAwait(false);
            found.AddRange(documents.OrderBy(document => document.Name, StringComparer.Ordinal).Select(document => (environment.Name, EnvironmentLocks.IsWaiting(document.Name), LockEntry.Parse(document.Text))));
        }

        await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? Json(found) : Text(found, session.Context.Time.GetUtcNow())).ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> ReleaseAsync(Invocation invocation)
    {
        if (string.IsNullOrWhiteSpace(invocation.Request.Reason))
            throw new InvalidUsageException("Taking a lock from its holder needs a reason: its run stops, and says it.", null, "Say it: lock release --reason \"the agent is gone\"");
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        DeploymentEnvironment environment = session.Only();
        session.Open(environment).Dispose(); // says what is missing
        using RefDocuments refs = await RefDocuments.OpenAsync(environment.Manifest, session.Context, session.Cancel).ConfigureAwait(false);
        RefDocument? holder = await refs.FindAsync(EnvironmentLocks.Holder(environment.App, environment.Name), session.Cancel).ConfigureAwait(false);
        LockEntry? entry = holder is null ? null : LockEntry.Parse(holder.Text);
        if (holder is null || entry?.Released is not null)
            throw new InvalidUsageException($"Nobody holds '{environment.Name}'.", null, "Nothing has to be done.");
        // The holder has to be able to say who stopped it: so the lock stays, as a free one.
        bool done = entry is null
            ? await refs.DeleteAsync(holder, session.Cancel).ConfigureAwait(false)
            : await refs.WriteAsync(holder.Name, (entry with { Released = $"taken away by {session.Actor}: {invocation.Request.Reason}" }).ToJson(), holder, $"{environment.Name} released by {session.Actor}: {invocation.Request.Reason}", session.Cancel).ConfigureAwait(false) is not null;
        if (!done)
            throw new EnvironmentLockException(environment.Name, $"The lock of '{environment.Name}' changed at this very moment.", entry is null ? null : $"  {entry.Text}", "Its holder lives. Look again: lock list");
        await invocation.Environment.Output.WriteLineAsync($"'{environment.Name}' is free. It was held by {entry?.Text ?? "nobody that can be read"}.").ConfigureAwait(false);
        return 0;
    }

    private static string Text(List<(string Environment, bool Waits, LockEntry? Entry)> found, DateTimeOffset now)
    {
        var text = new StringBuilder();
        foreach ((string environment, bool waits, LockEntry? entry) in found)
        {
            text.Append(environment).Append(waits ? ": waiting: " : entry?.Released is null ? ": held: " : ": free: ").Append(entry?.Text ?? "cannot be read").Append(entry is null ? "" : ", " + LockJson.Until(entry, now));
            text.Append(entry?.TookOverFrom is null ? "" : $"; taken over from {entry.TookOverFrom}").AppendLine(entry?.Released is null ? "" : $"; {entry.Released}");
        }

        return text.Length == 0 ? "Nobody holds an environment, and nobody waits for one." : text.ToString().TrimEnd();
    }

    private static string Json(List<(string Environment, bool Waits, LockEntry? Entry)> found) => CommandJson.Array(found, (json, one) =>
    {
        json.WriteString("environment", one.Environment);
        json.WriteString("state", one.Waits ? "waiting" : one.Entry?.Released is null ? "held" : "free");
        LockJson.Write(json, one.Entry);
    });
}
