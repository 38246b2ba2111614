namespace Pipelines.Core.Tools;

/// <summary>What a process does not inherit: the credentials that the pipeline itself works with. A command that needs one is given it by <see cref="Command.WithEnvironment(string, Secret)"/>.</summary>
/// <remarks>
/// Not among them is what the service's own tools and tests are given on purpose: <c>AWS_*</c>, <c>DOCKER_*</c>, <c>GITHUB_TOKEN</c>, <c>GH_TOKEN</c>, <c>NPM_TOKEN</c>, <c>NUGET_*</c>, and
/// GitLab's <c>CI_JOB_TOKEN</c>, with which package managers restore. As soon as a reference of the run names one of them (<c>env://NAME</c>), it is the pipeline's and is removed too.
/// </remarks>
internal static class InheritedEnvironment
{
    private static readonly string[] s_credentials =
    [
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", // GitHub Actions: whoever holds the first is this job at every cloud that trusts it
        "CI_JOB_JWT", "CI_JOB_JWT_V1", "CI_JOB_JWT_V2", "CI_REGISTRY_PASSWORD", "CI_DEPLOY_PASSWORD", "CI_DEPENDENCY_PROXY_PASSWORD", // GitLab
        "JENKINS_SECRET", "BUILDKITE_AGENT_ACCESS_TOKEN", "CIRCLE_OIDC_TOKEN", "CIRCLE_OIDC_TOKEN_V2", "BITBUCKET_STEP_OIDC_TOKEN",
        "VAULT_TOKEN", "VAULT_SECRET_ID",
    ];

    /// <summary>Removes them from what a process would inherit.</summary>
    /// <param name="environment">The variables.</param>
    /// <param name="secretNames">The variables that references of this run name; <c>{app}</c> and <c>{environment}</c> in one stand for anything.</param>
    public static void Clean(IDictionary<string, string?> environment, IEnumerable<string> secretNames)
    {
        foreach (string name in s_credentials)
            environment.Remove(name);
        foreach (string name in secretNames)
        {
            if (!name.Contains('{', StringComparison.Ordinal))
            {
                environment.Remove(name);
                continue;
            }

            foreach (string variable in environment.Keys.Where(variable => Fits(variable, name)).ToArray())
                environment.Remove(variable);
        }
    }

    private static bool Fits(string variable, string template) => System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(
        template.Replace("{app}", "*", StringComparison.Ordinal).Replace("{environment}", "*", StringComparison.Ordinal), variable, ignoreCase: false);
}
