using Pipelines.Core.Cli;

namespace Pipelines.Core;

/// <summary>The command line of a pipeline: <c>run</c> (the default), <c>resume</c>, <c>runs</c>, <c>plan</c>, <c>graph</c>, <c>doctor</c>, <c>settings</c>, <c>oidc</c>.</summary>
public static class PipelineApp
{
    /// <summary>Does what the command line asks with a plan.</summary>
    /// <param name="plan">The plan.</param>
    /// <param name="args">The arguments of the program; none runs the plan.</param>
    /// <returns>The exit code: 0 done, 1 the pipeline failed, 2 bad usage, settings or definition, 3 a required tool or credential is missing, 130 cancelled.</returns>
    public static Task<int> RunAsync(PipelinePlan plan, params string[] args)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(args);
        return Application.RunAsync(new PlanTemplate(plan), args, AppEnvironment.Process());
    }

    /// <summary>Does what the command line asks with a template.</summary>
    /// <param name="template">The template.</param>
    /// <param name="args">The arguments of the program; none runs the pipeline.</param>
    /// <returns>The exit code: 0 done, 1 the pipeline failed, 2 bad usage, settings or definition, 3 a required tool or credential is missing, 130 cancelled.</returns>
    public static Task<int> RunAsync(PipelineTemplate template, params string[] args)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(args);
        return Application.RunAsync(template, args, AppEnvironment.Process());
    }
}
