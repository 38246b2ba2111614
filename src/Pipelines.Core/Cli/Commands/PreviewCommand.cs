using System.Runtime.CompilerServices;
using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Clients.ArgoCd;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Stages.Deploy;
using Pipelines.Core.Stages.Preview;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>preview up|down|list|clean</c>: the environments of pull requests.</summary>
internal static class PreviewCommand
{
    private const string Switch = "preview.enabled";

    public static Task<int> RunAsync(Invocation invocation) => invocation.Request.Preview!.Action switch
    {
        PreviewAction.Up => UpAsync(invocation),
        PreviewAction.Down => DownAsync(invocation),
        PreviewAction.Clean => CleanAsync(invocation),
        _ => ListAsync(invocation),
    };

    public static InvalidUsageException None(PipelineTemplate template) => new(
        $"The pipeline '{template.Name}' has no previews.", null, $"Use a template that has them, such as DeployPipeline, or override PipelineTemplate.PreviewsAsync and give it the setting {Switch}.");

    /// <summary>A run like any other, of a pull request that is named, with previews on.</summary>
    private static Task<int> UpAsync(Invocation invocation)
    {
        if (invocation.Template.Schema.Settings.All(setting => setting.Key != Switch))
            throw None(invocation.Template);
        int number = Number(invocation, "up");
        return RunCommand.RunAsync(invocation with
        {
            Host = invocation.Host with { PullRequest = number },
            Request = invocation.Request with { Assignments = [.. invocation.Request.Assignments, $"{Switch}=true"] },
        });
    }

    private static async Task<int> ListAsync(Invocation invocation)
    {
        EnvironmentSession session = await EnvironmentSession.OpenPreviewsAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        IReadOnlyList<PreviewListing> previews = await LookAsync(session).ConfigureAwait(false);
        await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? PreviewListing.Json(previews) : PreviewListing.Text(previews, session.Previews)).ConfigureAwait(false);
        return 0;
    }

    /// <summary>One that is not there is no error: what was asked for is so. Who closes a pull request need not know whether it had a preview.</summary>
    private static async Task<int> DownAsync(Invocation invocation)
    {
        int number = Number(invocation, "down");
        EnvironmentSession session = await EnvironmentSession.OpenPreviewsAsync(invocation, needsServers: true).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        var place = PreviewPlace.Of(session.Previews, number);
        using var repository = new PreviewRepository(session.Previews, session.Context);
        bool isThere = !invocation.Request.Preview!.NoWait && await IsThereAsync(place, session).ConfigureAwait(false);
        PreviewChange removed = await repository.RemoveAsync(number, null, $"Taken down by {session.Actor}.", Trailers(session), session.Cancel).ConfigureAwait(false);
        if (!removed.Changed && removed.Before is null)
        {
            IReadOnlyList<PreviewState> others = await repository.ListAsync(session.Cancel).ConfigureAwait(false);
            string there = others.Count == 0 ? "There are none." : $"There are those of {string.Join(", ", others.Select(one => one.Number))}.";
            await invocation.Environment.Output.WriteLineAsync($"Pull request {number} of {place.Environment.App} has no preview, so nothing was removed. {there}").ConfigureAwait(false);
            return 0;
        }

        await PreviewComments.SayAsync(session.Previews, place, "**Removed**.", removed.Before?.Tag, session.Context, session.Cancel).ConfigureAwait(false);
        return await EndAsync(place, removed, isThere, "", session).ConfigureAwait(false) ? 0 : 1;
    }

    private static async Task<int> CleanAsync(Invocation invocation)
    {
        PreviewRequest asked = invocation.Request.Preview!;
        EnvironmentSession session = await EnvironmentSession.OpenPreviewsAsync(invocation, needsServers: true).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        TextWriter output = invocation.Environment.Output;
        PreviewListing[] leftovers = [.. (await LookAsync(session).ConfigureAwait(false)).Where(one => one.Leftover is not null)];
        if (leftovers.Length == 0)
            await output.WriteLineAsync("No preview is left over.").ConfigureAwait(false);
        using var repository = new PreviewRepository(session.Previews, session.Context);
        bool isDone = true;
        foreach ((PreviewState preview, _, string? reason) in leftovers)
        {
            if (asked.DryRun)
            {
                await output.WriteLineAsync($"{preview.Number} would be removed: {reason}.").ConfigureAwait(false);
                continue;
            }

            var place = PreviewPlace.Of(session.Previews, preview.Number);
            bool isThere = !asked.NoWait && await IsThereAsync(place, session).ConfigureAwait(false);
            PreviewChange removed = await repository.RemoveAsync(preview.Number, preview.Bytes, $"Left over: {reason}.", Trailers(session), session.Cancel).ConfigureAwait(false);
            if (!removed.Changed)
            {
                await output.WriteLineAsync($"{preview.Number} is kept: somebody changed or removed it at this very moment.").ConfigureAwait(false);
                continue;
            }

            await PreviewComments.SayAsync(session.Previews, place, $"**Removed**: {reason}.", preview.Tag, session.Context, session.Cancel).ConfigureAwait(false);
            isDone &= await EndAsync(place, removed, isThere, $", since {reason}", session).ConfigureAwait(false);
        }

        return isDone ? 0 : 1;
    }

    private static async Task<IReadOnlyList<PreviewListing>> LookAsync(EnvironmentSession session)
    {
        session.Open(PreviewPlace.Of(session.Previews, 1).Environment).Dispose(); // says what is missing
        using var repository = new PreviewRepository(session.Previews, session.Context);
        IReadOnlyList<PreviewState> previews = await repository.ListAsync(session.Cancel).ConfigureAwait(false);
        IReadOnlyDictionary<int, PullRequestStatus> statuses = await PreviewStatuses.AskAsync(session.Previews, previews.Select(one => one.Number), session.Context, session.Cancel).ConfigureAwait(false);
        DateTimeOffset now = session.Context.Time.GetUtcNow();
        return
        [
            .. previews.Select(preview =>
            {
                PullRequestStatus? status = statuses.TryGetValue(preview.Number, out PullRequestStatus known) ? known : null;
                return new PreviewListing(preview, status, Leftover.Reason(preview, status, session.Previews.Lifetime, now));
            }),
        ];
    }

    /// <summary>Tells how the removal of a preview ended.</summary>
    /// <returns>Whether all of it is gone, as far as anybody waits for that.</returns>
    private static async Task<bool> EndAsync(PreviewPlace place, PreviewChange removed, bool isThere, string reason, EnvironmentSession session)
    {
        TextWriter output = session.Invocation.Environment.Output;
        string done = $"The preview of pull request {place.Number} of {place.Environment.App} is removed{reason} (commit {removed.Revision[..10]})";
        if (!isThere)
        {
            await output.WriteLineAsync($"{done}; Argo CD was not waited for.").ConfigureAwait(false);
            return true;
        }

        string? stays = await PreviewEnd.WaitAsync(place.Environment, place.Environment.ArgoCd!.Timeout, session.Context, session.Cancel).ConfigureAwait(false);
        await output.WriteLineAsync(stays is null ? $"{done}, and Argo CD has its application no more." : $"{done}, but {stays}. The removal itself stands.\n{PreviewEnd.Advice}").ConfigureAwait(false);
        return stays is null;
    }

    /// <summary>Whether there is an application to wait for. A preview goes whether or not Argo CD can be asked.</summary>
    private static async Task<bool> IsThereAsync(PreviewPlace place, EnvironmentSession session)
    {
        if (place.Environment.ArgoCd is not { } target)
            return false;
        try
        {
            Secret? token = target.Token is null ? null : await session.Context.Secrets.GetAsync(target.Token, session.Cancel).ConfigureAwait(false);
            return await ArgoCdAbsence.IsThereAsync(target, token, session.Context.Time, session.Cancel).ConfigureAwait(false);
        }
        catch (PipelineException exception)
        {
            session.Context.Log.Warning($"Whether Argo CD has '{target.Application}' is not known: {exception.What}");
            return false;
        }
    }

    private static List<(string, string)> Trailers(EnvironmentSession session)
    {
        var trailers = new List<(string, string)>();
        DeploymentCommits.AddRun(trailers, session.Context.Run);
        return trailers;
    }

    private static int Number(Invocation invocation, string action) => invocation.Request.Preview!.Number ?? invocation.Host.PullRequest
        ?? throw new InvalidUsageException("Which pull request is meant is not known: this is no build of one.", null, $"Name it: preview {action} --number 123");
}
