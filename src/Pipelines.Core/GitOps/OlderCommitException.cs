using Pipelines.Core.GitOps;

namespace Pipelines.Core;

/// <summary>An environment runs a newer commit of the service than the one that was to be deployed. Nothing was deployed.</summary>
public sealed class OlderCommitException : PipelineException
{
    internal OlderCommitException(string app, string environment, string ours, string theirs, string how, ManifestRecord? running)
        : base(
            $"'{environment}' runs a newer commit of {app} than this one, so it was not overwritten.",
            $"  to deploy: {ours}\n  running:   {theirs}{(running?.SourceBranch is { } branch ? $" of '{branch}'" : "")}, newer {how}"
            + (running is null ? "" : $"\n  deployed by {running.By} at {DocumentJson.Time(running.At)}{(running.RunId is null ? "" : $", run {running.RunId}")} (manifest commit {running.ShortRevision}){(running.BuildUrl is null ? "" : $"\n  {running.BuildUrl}")}"),
            "Deploy the newest commit instead. To go back on purpose: dotnet run --project build -- rollback --env " + environment
            + "; to deploy exactly this commit all the same: run --allow-older, or DeployManifest.AllowOlder.")
    {
        Environment = environment;
        RunningCommit = theirs;
    }

    /// <summary>The environment.</summary>
    public string Environment { get; }

    /// <summary>The commit of the service that runs there.</summary>
    public string RunningCommit { get; }
}
