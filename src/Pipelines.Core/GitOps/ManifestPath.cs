namespace Pipelines.Core.GitOps;

/// <summary>Checks the path of a file in the manifest repository.</summary>
internal static class ManifestPath
{
    /// <param name="path">The path.</param>
    /// <param name="setting">The setting that says so.</param>
    /// <exception cref="InvalidUsageException">It leads out of the repository, or into git's own folder.</exception>
    public static void Check(string path, string setting = "manifest.file")
    {
        string? reason =
            string.IsNullOrWhiteSpace(path) ? "it is empty"
            : path.StartsWith('/') || (path.Length > 1 && path[1] == ':') ? "it is absolute"
            : path.Contains('\\', StringComparison.Ordinal) ? "it has a backslash; git's paths have '/'"
            : path.Any(char.IsControl) || path.Contains('"', StringComparison.Ordinal) ? "it has a control character or a quote"
            : path.Split('/').Contains("..") ? "it leads upwards with '..'"
            : path.Split('/').Any(part => part is "" or ".") ? "it has an empty part or '.'"
            : path.Split('/').Any(part => part.Equals(".git", StringComparison.OrdinalIgnoreCase)) ? "it leads into git's own folder"
            : null;
        if (reason is not null)
            throw new InvalidUsageException(setting == "manifest.file" ? $"The manifest's file is no path inside the manifest repository: {reason}." : $"{setting} is no path inside its repository: {reason}.", $"  '{path}'", $"Set {setting} to a path from the repository's root, such as apps/order-service/values-staging.yaml.");
    }
}
