namespace Pipelines.Core.Model;

/// <summary>Where a stage's log lines and reports go. The engine gives every stage one.</summary>
internal interface IStageReporter
{
    void Log(LogLevel level, string message);

    void Report(StageReport report);
}
