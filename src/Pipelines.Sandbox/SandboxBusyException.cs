using Pipelines.Core;

namespace Pipelines.Sandbox;

/// <summary>Another run uses the sandbox of this checkout.</summary>
public sealed class SandboxBusyException : PipelineException
{
    internal SandboxBusyException(string directory, string? processId, Exception innerException)
        : base(
            "Another run uses the sandbox of this checkout.",
            $"  {directory}{(processId is null ? "" : $" is in use by process {processId}")}",
            "Wait until that run ends, or end it. Two runs at once need two checkouts (git worktree add).",
            innerException)
    {
    }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Usage;
}
