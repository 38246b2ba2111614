namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What <c>preview</c> does.</summary>
internal enum PreviewAction
{
    Up,
    Down,
    List,
    Clean,
}
