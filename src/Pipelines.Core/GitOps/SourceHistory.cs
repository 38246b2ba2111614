using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>Asks the service's own checkout about the order of two commits.</summary>
internal static class SourceHistory
{
    private static readonly TimeSpan FetchLimit = TimeSpan.FromSeconds(60);

    public static async Task<SourceOrder> CompareAsync(StageContext context, SourceRevision ours, string theirs, CancellationToken cancellationToken)
    {
        try
        {
            SourceOrder order = await AskAsync(context, ours.Commit, theirs, cancellationToken).ConfigureAwait(false);
            if (order is SourceOrder.Newer or SourceOrder.Older || context.Run.Mode == RunMode.Sandbox || ours.RemoteUrl is null)
                return order; // nothing leaves the machine of a sandbox run
            CommandResult shallow = await GitAsync(context, null, cancellationToken, "rev-parse", "--is-shallow-repository").ConfigureAwait(false);
            bool isShallow = shallow.Output.Trim() == "true";
            if (order == SourceOrder.Diverged && !isShallow)
                return order; // all of both histories is here

            // CI systems check out one commit. Only history comes; no branch, tag, file or setting of the checkout changes.
            CommandResult fetched = await GitAsync(context, FetchLimit, cancellationToken, ["fetch", "--quiet", "--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", .. isShallow ? (string[])["--depth=1000"] : [], "origin", ours.Commit, theirs]).ConfigureAwait(false);
            if (!fetched.Succeeded)
            {
                context.Log.Info($"The history between {Short(ours.Commit)} and {Short(theirs)} could not be fetched, so their dates are compared: {GitErrors.Evidence(fetched.ErrorOutput).Trim()}");
                return order;
            }

            return await AskAsync(context, ours.Commit, theirs, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is ToolNotFoundException or CommandFailedException)
        {
            return SourceOrder.Unknown;
        }
    }

    private static async Task<SourceOrder> AskAsync(StageContext context, string ours, string theirs, CancellationToken cancellationToken)
    {
        CommandResult common = await GitAsync(context, null, cancellationToken, "merge-base", ours, theirs).ConfigureAwait(false);
        string ancestor = common.Output.Trim();
        return common.ExitCode switch
        {
            0 when ancestor == theirs => SourceOrder.Newer,
            0 when ancestor == ours => SourceOrder.Older,
            0 or 1 => SourceOrder.Diverged,
            _ => SourceOrder.Unknown, // one of them is not here
        };
    }

    private static Task<CommandResult> GitAsync(StageContext context, TimeSpan? limit, CancellationToken cancellationToken, params IReadOnlyList<string> arguments)
    {
        Command command = GitCommand.Create(arguments);
        if (limit is not null)
            command = command.WithTimeout(limit.Value);
        return ProcessRunner.RunAsync(command, context.Run.Directory, null, context.Time, cancellationToken, context.ForceToken);
    }

    private static string Short(string commit) => commit[..Math.Min(10, commit.Length)];
}
