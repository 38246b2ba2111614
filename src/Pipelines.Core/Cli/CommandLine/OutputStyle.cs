namespace Pipelines.Core.Cli.CommandLine;

/// <summary>How a run is shown.</summary>
internal enum OutputStyle
{
    Auto,
    Plain,
    Live,
    Json,
}
