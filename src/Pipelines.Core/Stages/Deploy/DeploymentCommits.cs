using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>What a deployment's commits say beside the tag.</summary>
internal static class DeploymentCommits
{
    public static ManifestCommit For(DeploymentEnvironment environment, PublishedImage image, string tag, IReadOnlyList<(string, string)> more, RunInfo run)
    {
        List<(string, string)> trailers = [("Environment", environment.Name), ("Image", $"{image.Reference.Name}@{image.Digest}"), ("Source-Commit", image.Image.Image.Source.Commit), .. more];
        if (image.Image.Image.Source.Branch is { } branch)
            trailers.Add(("Source-Branch", branch));
        if (run.BuildUrl is not null)
            trailers.Add(("Build-Url", Tools.Git.GitUrl.WithoutUserInfo(run.BuildUrl.AbsoluteUri)));
        if (run.Actor is not null)
            trailers.Add(("Started-By", run.Actor));
        return new ManifestCommit(environment.App, tag, run.Id) { Trailers = trailers };
    }
}
