using System.Text.RegularExpressions;

namespace Pipelines.Sandbox;

/// <summary>Finds the previews among the files of the manifest repository, as the pattern of an ApplicationSet does.</summary>
internal static partial class PreviewFiles
{
    public static bool IsName(string environment) => Name().Match(environment).Value == environment && environment.Length > 0;

    /// <summary>The environments that have a file.</summary>
    public static IEnumerable<string> Find(SandboxOptions options, IEnumerable<string> files) =>
        files.Select(file => (File: file, Name: Name().Match(file).Value)).Where(one => one.Name.Length > 0 && options.ManifestPath(one.Name) == one.File).Select(one => one.Name);

    [GeneratedRegex(@"(?<![a-z0-9])preview-pr-[1-9][0-9]*", RegexOptions.CultureInvariant)]
    private static partial Regex Name();
}
