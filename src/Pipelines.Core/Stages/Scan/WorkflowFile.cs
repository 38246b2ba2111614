namespace Pipelines.Core.Stages.Scan;

/// <summary>Tells by its path what a file is to a CI system.</summary>
internal static class WorkflowFile
{
    public static WorkflowKind KindOf(string path)
    {
        string name = path[(path.LastIndexOf('/') + 1)..];
        string extension = Path.GetExtension(name).ToLowerInvariant();
        bool isYaml = extension is ".yml" or ".yaml";
        if (name.StartsWith("Jenkinsfile", StringComparison.Ordinal) || extension == ".jenkinsfile")
            return WorkflowKind.Workflow;
        if (isYaml && (InFolder(path, ".github/workflows/") || (InFolder(path, ".github/") && name.StartsWith("action.", StringComparison.Ordinal)) || InFolder(path, ".gitlab/")))
            return WorkflowKind.Workflow;
        if (isYaml && (name.Contains(".gitlab-ci", StringComparison.Ordinal) || name.StartsWith("buildspec", StringComparison.Ordinal) || name is "action.yml" or "action.yaml"))
            return WorkflowKind.Workflow;
        if (InFolder(path, ".ci/") && !isYaml)
            return WorkflowKind.Workflow;
        if (name is "Dockerfile" or "Containerfile" || name.StartsWith("Dockerfile.", StringComparison.Ordinal) || extension is ".dockerfile")
            return WorkflowKind.Dockerfile;
        return extension is ".sh" or ".bash" ? WorkflowKind.Script : WorkflowKind.None;
    }

    private static bool InFolder(string path, string folder) => path.StartsWith(folder, StringComparison.Ordinal) || path.Contains("/" + folder, StringComparison.Ordinal);
}
