using Pipelines.Core.Cli.Session;
using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>resume</c>: goes on with a run that was killed, cancelled or failed, in its own folder.</summary>
internal static class ResumeCommand
{
    public static async Task<int> RunAsync(Invocation invocation)
    {
        string id = KeptRuns.ToResume(invocation.Directory, invocation.Request.Run);
        using var folder = RunFolder.Open(invocation.Directory, id); // who still holds the lock is alive: its journal is not looked at
        var history = RunHistory.Read(KeptRuns.JournalOf(invocation.Directory, id));
        if (history.Status == RunStatus.Succeeded)
        {
            await invocation.Environment.Error.WriteLineAsync($"The run {id} has succeeded: nothing is left to do.").ConfigureAwait(false);
            return 0;
        }

        RunIdentity before = history.Identity;
        return await RunCommand.RunAsync(
            invocation with
            {
                Mode = invocation.Request.Mode ?? before.Mode,
                Host = before.PullRequest is { } number ? invocation.Host with { PullRequest = number } : invocation.Host,
                Request = invocation.Request with { Assignments = [.. before.Assignments, .. invocation.Request.Assignments], Stages = before.Selection, From = before.From },
            },
            folder,
            history).ConfigureAwait(false);
    }
}
