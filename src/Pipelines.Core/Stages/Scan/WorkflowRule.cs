namespace Pipelines.Core.Stages.Scan;

/// <summary>A way in which a workflow, a Dockerfile or a script gives secrets away.</summary>
/// <param name="Id">Its public id.</param>
/// <param name="Title">What it is, and what to do.</param>
internal sealed record WorkflowRule(string Id, string Title)
{
    public static WorkflowRule PrintsEnvironment { get; } = new(
        "ci-prints-environment",
        "This prints every variable, secrets included, and encodings of a secret pass the CI system's mask. Print the variables you need by name.");

    public static WorkflowRule Traces { get; } = new(
        "ci-shell-trace",
        "The shell's trace prints every command with its variables filled in. Take it out, or trace only lines without secrets: set -x; …; set +x.");

    public static WorkflowRule PrintsSecret { get; } = new(
        "ci-prints-secret",
        "This prints a secret into the log. Give it to the program that needs it by its standard input or its environment.");

    public static WorkflowRule BuildArgument { get; } = new(
        "ci-secret-build-arg",
        "Build arguments stay readable in the image's history. Use a build secret: docker build --secret id=NAME, and RUN --mount=type=secret,id=NAME in the Dockerfile.");

    public static WorkflowRule ImageVariable { get; } = new(
        "dockerfile-secret-variable",
        "ARG and ENV stay readable in the image. Use RUN --mount=type=secret,id=NAME for what the build needs, and the environment of the container for what the program needs.");

    public static IReadOnlyList<WorkflowRule> All { get; } = [PrintsEnvironment, Traces, PrintsSecret, BuildArgument, ImageVariable];
}
