namespace Pipelines.Core.Cli.CommandLine;

/// <summary>The commands.</summary>
internal enum CliCommand
{
    Run,
    Plan,
    Graph,
    Doctor,
    Settings,
    Approve,
    Promote,
}
