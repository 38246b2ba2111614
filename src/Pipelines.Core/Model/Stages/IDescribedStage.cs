namespace Pipelines.Core;

/// <summary>A stage that can say in one line what it will do, for <c>plan</c>.</summary>
public interface IDescribedStage
{
    /// <summary>One line, such as <c>trivy image, blocks HIGH and above that have a fix</c>. Never a secret.</summary>
    string Description { get; }
}
