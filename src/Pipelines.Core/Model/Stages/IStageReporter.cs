namespace Pipelines.Core.Model;

/// <summary>Where a stage's log lines and reports go. The engine gives every stage one.</summary>
internal interface IStageReporter
{
    void Log(LogLevel level, string message);

    /// <summary>One line that went through <see cref="Masker"/> already, whole streams of it: it is not masked once more.</summary>
    void LogMasked(LogLevel level, string line) => Log(level, line);

    /// <summary>What the run's secrets are masked with; null where nothing is.</summary>
    ITextMasker? Masker => null;

    void Report(StageReport report);
}
