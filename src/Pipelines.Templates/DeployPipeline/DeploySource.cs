using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The state of the checkout that a deploy starts from.</summary>
internal static class DeploySource
{
    private const int ShownChanges = 10;

    /// <summary>A live run takes commits only; the sandbox takes what lies there and says so.</summary>
    public static async Task CheckAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        SourceRevision source = await context.DescribeSourceAsync(cancellationToken).ConfigureAwait(false);
        if (source.IsClean)
            return;
        string files = string.Join('\n', source.UncommittedChanges.Take(ShownChanges).Select(file => "  " + file));
        if (source.UncommittedChanges.Count > ShownChanges)
            files += $"\n  and {source.UncommittedChanges.Count - ShownChanges} more";
        if (context.Mode == RunMode.Live)
        {
            throw new InvalidUsageException(
                "There are uncommitted changes, and a live run deploys commits only: the image's tag is the commit.",
                files,
                "Commit them, stash them (git stash --include-untracked), or list in .gitignore what a build leaves behind.");
        }

        context.Warn($"There are uncommitted changes: the sandbox deploys them under a tag of their own ({source.Tag}); a live run would refuse.\n{files}");
    }
}
