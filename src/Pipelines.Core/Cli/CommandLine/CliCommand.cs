namespace Pipelines.Core.Cli.CommandLine;

/// <summary>The commands.</summary>
internal enum CliCommand
{
    Run,
    Plan,
    Graph,
    Doctor,
    Settings,
    Status,
    History,
    Rollback,
    Unblock,
    LockList,
    LockRelease,
    Resume,
    Runs,
    Oidc,
    Approve,
    Promote,
    Preview,
}
