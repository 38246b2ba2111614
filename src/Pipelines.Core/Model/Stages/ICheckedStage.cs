namespace Pipelines.Core;

/// <summary>A stage that knows which uses of it cannot work: <see cref="PipelineBuilder.Build"/> then refuses the plan, before anything runs.</summary>
public interface ICheckedStage
{
    /// <summary>Why the stage cannot be used as it was added, and what to do, in whole sentences; null where it can.</summary>
    /// <param name="inputs">How many inputs it was added with: which of its <c>RunAsync</c> would run.</param>
    string? WhyNot(int inputs);
}
