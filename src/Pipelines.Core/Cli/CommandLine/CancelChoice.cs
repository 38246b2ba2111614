namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What becomes of a deployment that is not proven when the run is cancelled.</summary>
internal enum CancelChoice
{
    /// <summary>It is taken back.</summary>
    Undo,

    /// <summary>It stays as it is, and the run can go on.</summary>
    Leave,
}
