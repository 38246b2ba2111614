using System.Runtime.CompilerServices;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.GitOps;
using Pipelines.Core.Stages.Deploy;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>rollback</c> and <c>unblock</c>: what a person on call changes by hand.</summary>
internal static class RollbackCommand
{
    public static async Task<int> RunAsync(Invocation invocation)
    {
        Terminal? terminal = invocation.Request.Yes ? null : Terminal.Of(invocation.Environment, invocation.Masker, []) ?? throw new InvalidUsageException(
            "A rollback changes what runs, and here is nobody to ask.", null, "Say that it is meant: rollback --yes. See first what it would go back to: history.");
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: true).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        TextWriter output = invocation.Environment.Output;
        DeploymentEnvironment environment = session.Only();
        RollbackRequest request = Request(session, environment, invocation.Request.Reason ?? "rolled back by hand") with { To = invocation.Request.To, AcceptsMigration = invocation.Request.AcceptsMigration };
        using ManifestRepository repository = session.Open(environment);
        RollbackPlan plan = await repository.PlanRollbackAsync(request, session.Cancel).ConfigureAwait(false);
        foreach (string tag in plan.Skipped)
            await output.WriteLineAsync($"{tag} is passed over: it is blocked in {environment.Name}.").ConfigureAwait(false);
        await output.WriteLineAsync($"{environment.App} in {environment.Name} goes from {plan.Now.Tag ?? "no tag"} back to {plan.Target.Tag}, which was {HistoryCommand.Verb(plan.Target).Replace(" to", "", StringComparison.Ordinal)} at {DocumentJson.Time(plan.Target.At)} by {plan.Target.By}. {plan.Now.Tag} is blocked from then on.").ConfigureAwait(false);
        var locking = new RollbackLock(session, environment);
        foreach (string text in await locking.LookAsync().ConfigureAwait(false))
            await output.WriteLineAsync(text).ConfigureAwait(false);
        if (terminal is not null && (await terminal.AskAsync($"Go back? Type the environment's name ('{environment.Name}'): ", session.Cancel).ConfigureAwait(false))?.Trim() != environment.Name)
            return await SayAsync(output, "Nothing was changed.", 130).ConfigureAwait(false);

        await locking.TakeAsync().ConfigureAwait(false);
        try
        {
            string revision = await repository.RollbackAsync(request, plan, session.Cancel).ConfigureAwait(false);
            await output.WriteLineAsync($"The manifest of {environment.App} in {environment.Name} is back at {plan.Target.Tag} (commit {revision[..10]}).").ConfigureAwait(false);
            return await DeploymentAftermath.LookAsync(environment, revision, plan.Target.Tag, session.Context, session.Cancel).ConfigureAwait(false) is var after && after.IsSure
                ? await SayAsync(output, $"It is pushed, {after.Text}", 0).ConfigureAwait(false)
                : await SayAsync(output, $"It is pushed, {after.Text} The rollback itself stands.", 1).ConfigureAwait(false);
        }
        finally
        {
            await locking.ReleaseAsync().ConfigureAwait(false);
        }
    }

    public static async Task<int> UnblockAsync(Invocation invocation)
    {
        if (string.IsNullOrWhiteSpace(invocation.Request.Reason))
            throw new InvalidUsageException("Letting in what was rolled back needs a reason: others will ask.", null, "Say it: unblock --reason \"the database was down, not the service\"");
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        DeploymentEnvironment environment = session.Only();
        using ManifestRepository repository = session.Open(environment);
        (BlockedDigest digest, string revision) = await repository.UnblockAsync(Request(session, environment, invocation.Request.Reason) with { To = invocation.Request.Digest }, session.Cancel).ConfigureAwait(false);
        return await SayAsync(invocation.Environment.Output, $"{environment.App} {digest.Tag ?? digest.Digest} may be deployed to {environment.Name} again (commit {revision[..10]}). It was blocked since {DocumentJson.Time(digest.At)} by {digest.By}: {digest.Reason}", 0).ConfigureAwait(false);
    }

    private static RollbackRequest Request(EnvironmentSession session, DeploymentEnvironment environment, string reason)
    {
        var trailers = new List<(string, string)>();
        if (session.Context.Run.BuildUrl is { } url)
            trailers.Add(("Build-Url", Tools.Git.GitUrl.WithoutUserInfo(url.AbsoluteUri)));
        return new RollbackRequest(environment.App, environment.Name, session.Context.Run.Id, session.Actor, reason) { Trailers = trailers };
    }

    private static async Task<int> SayAsync(TextWriter output, string text, int exitCode)
    {
        await output.WriteLineAsync(text).ConfigureAwait(false);
        return exitCode;
    }
}
