using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Secrets that a live run needs are not where they should be. All of them are in one error.</summary>
internal sealed class MissingSecretsException : PipelineException
{
    public MissingSecretsException(IReadOnlyList<SecretNotFoundException> missing)
        : base(
            missing.Count == 1 ? "A secret that this run needs was not found, so nothing was started." : $"{missing.Count} secrets that this run needs were not found, so nothing was started.",
            string.Join('\n', missing.Select(one => $"  - {one.Reference}: {one.Advice}")),
            "Look at all that a live run needs: dotnet run --project build -- doctor --live")
    { }

    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
