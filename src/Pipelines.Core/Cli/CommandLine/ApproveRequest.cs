namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What <c>approve</c> was asked for.</summary>
internal sealed record ApproveRequest
{
    public string? Environment { get; init; }

    public string? Digest { get; init; }

    public string? Reason { get; init; }

    public bool Refuse { get; init; }

    public bool List { get; init; }

    public string? Key { get; init; }

    public string? As { get; init; }
}
