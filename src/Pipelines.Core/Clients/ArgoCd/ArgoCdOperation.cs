namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>One sync.</summary>
/// <param name="Phase"><c>Running</c>, <c>Terminating</c>, <c>Succeeded</c>, <c>Failed</c> or <c>Error</c>.</param>
/// <param name="Message">What Argo CD says of it.</param>
/// <param name="Revisions">What it applies.</param>
/// <param name="StartedAt">When it started.</param>
/// <param name="FinishedAt">When it ended.</param>
/// <param name="Failed">The resources that could not be applied, with their messages.</param>
internal sealed record ArgoCdOperation(string Phase, string? Message, IReadOnlyList<string> Revisions, DateTimeOffset? StartedAt, DateTimeOffset? FinishedAt, IReadOnlyList<string> Failed)
{
    public bool IsDone => Phase is "Succeeded" or "Failed" or "Error";

    public bool HasFailed => Phase is "Failed" or "Error";
}
