namespace Pipelines.Core;

/// <summary>A program is not installed.</summary>
public sealed class ToolNotFoundException : PipelineException
{
    internal ToolNotFoundException(string program, string? installHint, Exception? innerException = null)
        : base(
            $"'{program}' was not found on this machine.",
            null,
            installHint is null ? $"Install '{program}' or add its folder to PATH." : $"Install it or add its folder to PATH: {installHint}",
            innerException) => Program = program;

    /// <summary>The program.</summary>
    public string Program { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.MissingPrerequisite;
}
