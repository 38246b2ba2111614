using System.Runtime.CompilerServices;
using System.Text;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>status</c>: what runs where, since when, by whom, what is blocked, and what one environment has that the next one has not.</summary>
internal static class StatusCommand
{
    private const int ShownCommits = 20;

    public static async Task<int> RunAsync(Invocation invocation)
    {
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        var seen = new List<Seen>();
        foreach (DeploymentEnvironment environment in session.Environments)
        {
            using ManifestRepository repository = session.Open(environment);
            EnvironmentState state = await repository.ReadStateAsync(environment.App, environment.Name, session.Cancel).ConfigureAwait(false);
            seen.Add(new Seen(environment, state, await LockAsync(environment, session).ConfigureAwait(false), null, []));
        }

        for (int index = 1; index < seen.Count; index++)
            seen[index] = await CompareAsync(seen[index - 1], seen[index], session).ConfigureAwait(false);
        await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? Json(seen) : Text(seen, session.Context.Time.GetUtcNow())).ConfigureAwait(false);
        return 0;
    }

    private static async Task<LockState> LockAsync(DeploymentEnvironment environment, EnvironmentSession session)
    {
        using RefDocuments refs = await RefDocuments.OpenAsync(environment.Manifest, session.Context, session.Cancel).ConfigureAwait(false);
        return await LockState.ReadAsync(refs, environment, session.Cancel).ConfigureAwait(false);
    }

    private static async Task<Seen> CompareAsync(Seen earlier, Seen later, EnvironmentSession session)
    {
        if (earlier.State.Tag == later.State.Tag || earlier.State.Deployment?.SourceCommit is not { } from || later.State.Deployment?.SourceCommit is not { } to)
            return later with { Behind = earlier.Environment.Name };
        IReadOnlyList<string>? commits = await SourceHistory.BetweenAsync(session.Context, to, from, session.Cancel).ConfigureAwait(false);
        return later with { Behind = earlier.Environment.Name, Missing = commits };
    }

    private static string Text(List<Seen> seen, DateTimeOffset now)
    {
        var text = new StringBuilder();
        foreach (Seen one in seen)
        {
            EnvironmentState state = one.State;
            text.Append(one.Environment.Name).Append(": ").AppendLine(state.Tag ?? "nothing is deployed");
            if (state.Digest is not null)
                text.Append("  digest   ").AppendLine(state.Digest);
            if (state.LastChange is { } last && state.Tag is not null)
            {
                text.Append("  since    ").Append(DocumentJson.Time(last.At)).Append(", ").Append(HistoryCommand.Verb(last).Replace(" to", "", StringComparison.Ordinal)).Append(" by ").Append(last.By)
                    .Append(last.RunId is null ? "" : $", run {last.RunId}").Append(" (manifest commit ").Append(last.ShortRevision).AppendLine(")");
                if (last.BuildUrl is not null)
                    text.Append("  build    ").AppendLine(last.BuildUrl);
            }

            if (state.Deployment is { SourceCommit: { } commit } deployment)
                text.Append("  source   ").Append(commit).Append(deployment.SourceBranch is null ? "" : $" of {deployment.SourceBranch}").AppendLine(deployment.ApprovedBy is null ? "" : $", approved by {deployment.ApprovedBy}");
            foreach (BlockedDigest blocked in state.Blocked)
                text.Append("  blocked  ").Append(blocked.Digest ?? "").Append(' ').Append(blocked.Tag).Append(" since ").Append(DocumentJson.Time(blocked.At)).Append(" by ").Append(blocked.By).Append(": ").AppendLine(blocked.Reason);
            if (one.Lock.Holder is { } holder)
                text.Append("  locked   by ").Append(holder.Text).Append(", ").Append(LockJson.Until(holder, now)).AppendLine(holder.TookOverFrom is null ? "" : $"; taken over from {holder.TookOverFrom}");
            foreach (LockEntry waiting in one.Lock.Waiting)
                text.Append("  waits    ").Append(waiting.Text).Append(", ").AppendLine(LockJson.Until(waiting, now));
            Difference(text, one, seen);
        }

        return text.ToString().TrimEnd();
    }

    private static void Difference(StringBuilder text, Seen one, List<Seen> seen)
    {
        if (one.Behind is null)
            return;
        Seen earlier = seen.First(other => other.Environment.Name == one.Behind);
        if (earlier.State.Tag == one.State.Tag)
            text.Append("  as       ").AppendLine(one.Behind);
        else if (one.Missing is null)
            text.Append("  differs from ").Append(one.Behind).AppendLine(": which commits lie between is not known to this checkout");
        else
            text.Append("  lacks    ").Append(one.Missing.Count).Append(one.Missing.Count == 1 ? " commit of " : " commits of ").AppendLine(one.Behind);
        foreach (string commit in (one.Missing ?? []).Take(ShownCommits))
            text.Append("             ").AppendLine(commit);
        if (one.Missing?.Count > ShownCommits)
            text.Append("             and ").Append(one.Missing.Count - ShownCommits).AppendLine(" more");
    }

    private static string Json(List<Seen> seen) => CommandJson.Array(seen, (json, one) =>
    {
        json.WriteString("environment", one.Environment.Name);
        json.WriteString("app", one.Environment.App);
        json.WriteString("repository", GitUrl.WithoutUserInfo(one.Environment.Manifest.Repository));
        json.WriteString("tag", one.State.Tag);
        json.WriteString("digest", one.State.Digest);
        foreach ((string name, ManifestRecord? record) in new[] { ("lastChange", one.State.LastChange), ("deployment", one.State.Deployment) })
        {
            if (record is null)
            {
                json.WriteNull(name);
                continue;
            }

            json.WriteStartObject(name);
            HistoryCommand.Write(json, record);
            json.WriteEndObject();
        }

        json.WriteStartArray("blocked");
        foreach (BlockedDigest blocked in one.State.Blocked)
        {
            json.WriteStartObject();
            json.WriteString("digest", blocked.Digest);
            json.WriteString("tag", blocked.Tag);
            json.WriteString("at", DocumentJson.Time(blocked.At));
            json.WriteString("by", blocked.By);
            json.WriteString("reason", blocked.Reason);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        if (one.Lock.Holder is null)
        {
            json.WriteNull("lock");
        }
        else
        {
            json.WriteStartObject("lock");
            LockJson.Write(json, one.Lock.Holder);
            json.WriteEndObject();
        }

        json.WriteStartArray("waiting");
        foreach (LockEntry waiting in one.Lock.Waiting)
        {
            json.WriteStartObject();
            LockJson.Write(json, waiting);
            json.WriteEndObject();
        }

        json.WriteEndArray();
        json.WriteString("comparedWith", one.Behind);
        if (one.Missing is null)
        {
            json.WriteNull("missingCommits");
            return;
        }

        json.WriteStartArray("missingCommits");
        foreach (string commit in one.Missing)
            json.WriteStringValue(commit);
        json.WriteEndArray();
    });

    /// <param name="Environment">The environment.</param>
    /// <param name="State">What it runs.</param>
    /// <param name="Lock">Who has it and who waits for it.</param>
    /// <param name="Behind">The environment before it, which it is compared with; null for the first one.</param>
    /// <param name="Missing">The commits that the one before has and this one has not; null where the checkout cannot tell.</param>
    private sealed record Seen(DeploymentEnvironment Environment, EnvironmentState State, LockState Lock, string? Behind, IReadOnlyList<string>? Missing);
}
