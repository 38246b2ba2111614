using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Deploy;

/// <summary>What a deployment's commits say beside the tag.</summary>
internal static class DeploymentCommits
{
    /// <summary>What the run's journal calls the commit and its push.</summary>
    public const string Effect = "commit to the manifest repository";

    /// <summary>What the run's journal calls the commit that takes it back.</summary>
    public const string UndoEffect = "revert in the manifest repository";

    public static ManifestCommit For(DeploymentEnvironment environment, PublishedImage image, string tag, IReadOnlyList<(string, string)> more, RunInfo run)
    {
        SourceRevision source = image.Image.Image.Source;
        List<(string, string)> trailers = [("Environment", environment.Name), ("Image", $"{image.Reference.Name}@{image.Digest}"), (ManifestCommit.SourceCommitTrailer, source.Commit)];
        if (source.Branch is not null)
            trailers.Add((ManifestCommit.SourceBranchTrailer, source.Branch));
        if (source.CommittedAt > DateTimeOffset.UnixEpoch)
            trailers.Add((ManifestCommit.SourceDateTrailer, DocumentJson.Time(source.CommittedAt)));
        if (environment.MigratesIrreversibly)
            trailers.Add((ManifestCommit.MigrationTrailer, ManifestCommit.IrreversibleMigration));
        trailers.AddRange(more);
        AddRun(trailers, run);
        return new ManifestCommit(environment.App, tag, run.Id) { Trailers = trailers, Environment = environment.Name, Digest = image.Digest, Source = source };
    }

    /// <summary>The lines of a commit that takes a deployment back: it deploys no image of its own.</summary>
    public static ManifestCommit ForUndo(DeploymentEnvironment environment, PublishedImage image, string tag, RunInfo run)
    {
        List<(string, string)> trailers = [("Environment", environment.Name)];
        AddRun(trailers, run);
        return new ManifestCommit(environment.App, tag, run.Id) { Trailers = trailers, Environment = environment.Name, Digest = image.Digest };
    }

    public static void AddRun(List<(string, string)> trailers, RunInfo run)
    {
        if (run.BuildUrl is not null)
            trailers.Add(("Build-Url", Tools.Git.GitUrl.WithoutUserInfo(run.BuildUrl.AbsoluteUri)));
        if (run.Actor is not null)
            trailers.Add(("Started-By", run.Actor));
    }
}
