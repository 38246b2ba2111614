namespace Pipelines.Core.GitOps;

/// <summary>What a rollback will do.</summary>
/// <param name="Now">What runs.</param>
/// <param name="Target">The version that shall run.</param>
/// <param name="Skipped">Earlier versions that were passed over because they are blocked, by their tags.</param>
internal sealed record RollbackPlan(EnvironmentState Now, ManifestRecord Target, IReadOnlyList<string> Skipped);
