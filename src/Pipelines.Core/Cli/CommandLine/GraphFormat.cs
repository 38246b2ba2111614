namespace Pipelines.Core.Cli.CommandLine;

/// <summary>The languages of <c>graph</c>.</summary>
internal enum GraphFormat
{
    Mermaid,
    Dot,
}
