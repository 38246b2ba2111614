namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What <c>preview</c> was asked for.</summary>
/// <param name="Action">What to do.</param>
internal sealed record PreviewRequest(PreviewAction Action)
{
    /// <summary>The pull request; null for the one that is built.</summary>
    public int? Number { get; init; }

    /// <summary>Whether Argo CD is not waited for.</summary>
    public bool NoWait { get; init; }

    /// <summary>Whether only is told what would be removed.</summary>
    public bool DryRun { get; init; }
}
