using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.Commands;

/// <summary>What commands outside of a run say while they work: on the error stream, so that the output stays what was asked for.</summary>
internal sealed class CommandReporter(TextWriter error, ITextMasker masker) : IStageReporter
{
    public void Log(LogLevel level, string message)
    {
        if (level != LogLevel.Output)
            error.WriteLine((level switch { LogLevel.Warning => "warning: ", LogLevel.Error => "error: ", _ => "" }) + masker.Mask(message));
    }

    public void Report(StageReport report)
    {
        // Facts are for the summary of a run; a command has none.
    }
}
