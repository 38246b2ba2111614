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

    /// <summary>The stage from which on everything runs, with what comes before it from an earlier run.</summary>
    public string? From { get; init; }

    /// <summary>The run to go on with; null for the newest that can.</summary>
    public string? Run { get; init; }

    /// <summary>Null for what the settings say.</summary>
    public CancelChoice? OnCancel { get; init; }

    public string? Directory { get; init; }

    public int? Jobs { get; init; }

    public bool FailFast { get; init; }

    public OutputStyle Output { get; init; } = OutputStyle.Auto;

    public bool Json { get; init; }

    /// <summary>The environment of a command; null for all of them, or the only one.</summary>
    public string? Environment { get; init; }

    /// <summary>How many entries a history has.</summary>
    public int? Limit { get; init; }

    /// <summary>What to roll back to.</summary>
    public string? To { get; init; }

    /// <summary>What to unblock.</summary>
    public string? Digest { get; init; }

    public string? Reason { get; init; }

    /// <summary>Whether nobody has to be asked.</summary>
    public bool Yes { get; init; }

    public bool AcceptsMigration { get; init; }

    public bool AllowOlder { get; init; }

    public ApproveRequest Approve { get; init; } = new();

    /// <summary>Where a promotion takes its image from; null for the environment before the one it goes to.</summary>
    public string? PromoteFrom { get; init; }

    /// <summary>Where a promotion goes to; null for the only one that it can.</summary>
    public string? PromoteTo { get; init; }

    public GraphFormat GraphFormat { get; init; } = GraphFormat.Mermaid;

    /// <summary>Of <c>preview</c>; null for every other command.</summary>
    public PreviewRequest? Preview { get; init; }

    /// <summary>Of <c>oidc</c>; null for every other command.</summary>
    public OidcRequest? Oidc { get; init; }
}
