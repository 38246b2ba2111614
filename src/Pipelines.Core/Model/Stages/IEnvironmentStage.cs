namespace Pipelines.Core;

/// <summary>A stage that acts on one environment. Stages that take its output belong to that environment too, so that their failure undoes it.</summary>
public interface IEnvironmentStage
{
    /// <summary>The environment it acts on.</summary>
    DeploymentEnvironment Environment { get; }
}
