using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Secrets that a live run needs are not where they should be. All of them are in one error.</summary>
internal sealed class MissingSecretsException : PipelineException
{
    /// <param name="missing">The secrets.</param>
    /// <param name="preview">The pull request that was to get a preview; null where none was.</param>
    public MissingSecretsException(IReadOnlyList<SecretNotFoundException> missing, int? preview = null)
        : base(
            missing.Count == 1 ? "A secret that this run needs was not found, so nothing was started." : $"{missing.Count} secrets that this run needs were not found, so nothing was started.",
            string.Join('\n', missing.Select(one => $"  - {one.Reference}: {one.Advice}")),
            (preview is null ? "" : $"Previews are on (preview.enabled), and pull request {preview} was to get one. CI systems give no secrets to pull requests of forks: set PIPELINES_PREVIEW_ENABLED=false for those, as docs/previews.md shows; for all others give them to the job.\n")
            + "Look at all that a live run needs: dotnet run --project build -- doctor --live")
    { }

    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
