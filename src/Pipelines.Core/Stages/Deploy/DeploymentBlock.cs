using Pipelines.Core.GitOps;
using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>Whether an undo keeps the image out of the environment from then on. Only what blames the image does: a server that could not be asked, or Ctrl-C, says nothing against it.</summary>
internal static class DeploymentBlock
{
    /// <summary>What is written into the manifest repository; null where the image may come again.</summary>
    public static BlockedDigest? Of(Deployment deployment, StageContext context) => context.Undoing is { Reason: not UndoReason.ImageAtFault }
        ? null
        : new BlockedDigest(
            deployment.Image.Digest,
            deployment.Image.Reference.Tag,
            context.Time.GetUtcNow(),
            $"run {context.Run.Id}{(context.Run.Actor is null ? "" : $" of {context.Run.Actor}")}",
            context.Undoing is { } cause ? $"'{cause.Stage}' failed" : "it did not prove itself")
        {
            BuildUrl = context.Run.BuildUrl is { } url ? Tools.Git.GitUrl.WithoutUserInfo(url.AbsoluteUri) : null,
        };

    /// <summary>The same for people, as a sentence.</summary>
    public static string Text(Deployment deployment, UndoCause? cause, bool blocks)
    {
        string image = deployment.Image.Reference.Tag ?? deployment.Image.Digest;
        return blocks ? $"{image} is blocked there until somebody unblocks it."
            : cause is { Reason: UndoReason.Failed } ? $"{image} is not blocked: why '{cause.Stage}' failed says nothing about the image, so it may be deployed again."
            : $"{image} is not blocked: nothing was found against it.";
    }
}
