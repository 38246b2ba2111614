using System.Text.Json;

namespace Pipelines.Core.Tools.Node;

/// <summary>What <c>package.json</c> and the lock file say about running a service's tests.</summary>
internal sealed record NodeProject(string? TestScript, bool HasDependencies, string PackageManager, IReadOnlyList<string>? Install)
{
    private const string Placeholder = "no test specified"; // what `npm init` writes

    private static readonly string[] s_dependencyGroups = ["dependencies", "devDependencies"];

    public static NodeProject Read(string directory)
    {
        string file = Path.Combine(directory, "package.json");
        if (!File.Exists(file))
            throw new InvalidUsageException("There is no package.json.", $"  {file}", "Run the pipeline from the service's root, or set tests.language.");
        try
        {
            using JsonDocument document = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { AllowTrailingCommas = true, CommentHandling = JsonCommentHandling.Skip });
            JsonElement root = document.RootElement;
            string? script = root.TryGetProperty("scripts", out JsonElement scripts) && scripts.TryGetProperty("test", out JsonElement test) ? test.GetString() : null;
            bool hasDependencies = s_dependencyGroups.Any(name => root.TryGetProperty(name, out JsonElement group) && group.ValueKind == JsonValueKind.Object && group.EnumerateObject().Any());
            (string manager, string[]? install) = ManagerOf(directory);
            return new NodeProject(string.IsNullOrWhiteSpace(script) || script.Contains(Placeholder, StringComparison.Ordinal) ? null : script, hasDependencies, manager, install);
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            throw new InvalidUsageException("package.json cannot be read.", exception.Message, "Correct it: 'npm pkg get scripts' must work.");
        }
    }

    private static (string Manager, string[]? Install) ManagerOf(string directory)
    {
        bool Has(string file) => File.Exists(Path.Combine(directory, file));
        if (Has("pnpm-lock.yaml"))
            return ("pnpm", ["install", "--frozen-lockfile"]);
        if (Has("yarn.lock"))
            return ("yarn", ["install", "--frozen-lockfile"]);
        return ("npm", Has("package-lock.json") || Has("npm-shrinkwrap.json") ? ["ci", "--no-audit", "--no-fund"] : null);
    }
}
