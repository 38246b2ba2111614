namespace Pipelines.Core;

/// <summary>Evidence that a deployment answered its smoke test. Only a verifying stage makes one.</summary>
public sealed record ProvenDeployment
{
    internal ProvenDeployment(Deployment deployment, string proof)
    {
        Deployment = deployment;
        Proof = proof;
    }

    /// <summary>The deployment.</summary>
    public Deployment Deployment { get; }

    /// <summary>What was seen, such as <c>200 from https://…/health in 41 ms</c>.</summary>
    public string Proof { get; }
}
