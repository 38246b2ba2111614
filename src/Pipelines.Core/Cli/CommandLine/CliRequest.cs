namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What the command line asked for.</summary>
internal sealed record CliRequest
{
    /// <summary>The request of an empty command line, for which no parser is loaded.</summary>
    public static CliRequest Default { get; } = new();

    public CliCommand Command { get; init; } = CliCommand.Run;

    /// <summary>Live or sandbox; null to decide by the host.</summary>
    public RunMode? Mode { get; init; }

    public IReadOnlyList<string> SandboxFaults { get; init; } = [];

    public IReadOnlyList<string> Assignments { get; init; } = [];

    public IReadOnlyList<string> Stages { get; init; } = [];

    public string? Directory { get; init; }

    public int? Jobs { get; init; }

    public bool FailFast { get; init; }

    public OutputStyle Output { get; init; } = OutputStyle.Auto;

    public bool Json { get; init; }

    public ApproveRequest Approve { get; init; } = new();

    /// <summary>Where a promotion takes its image from; null for the environment before the one it goes to.</summary>
    public string? PromoteFrom { get; init; }

    /// <summary>Where a promotion goes to; null for the only one that it can.</summary>
    public string? PromoteTo { get; init; }

    public GraphFormat GraphFormat { get; init; } = GraphFormat.Mermaid;
}
