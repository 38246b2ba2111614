using System.Security.Cryptography;
using System.Text;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>A values file as it stands at one commit.</summary>
/// <param name="Hash">The SHA-256 of its text.</param>
/// <param name="Tag">The tag it asks for; empty where it asks for none.</param>
/// <param name="Error">Why it can't be rendered; null where it can.</param>
internal sealed record Manifest(string Hash, string Tag, string? Error = null)
{
    public static Manifest Parse(string? content, string file, string key)
    {
        if (content is null)
            return new Manifest("", "", $"Failed to load target state: failed to generate manifest: open {file}: no such file or directory");
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(content.TrimEnd('\n'))));
        try
        {
            var yaml = new YamlStream();
            yaml.Load(new StringReader(content));
            foreach (YamlDocument document in yaml.Documents)
                if (Find(document.RootNode, key.Split('.')) is { } tag)
                    return new Manifest(hash, tag);
            return new Manifest(hash, "");
        }
        catch (YamlException error)
        {
            return new Manifest(hash, "", $"Failed to load target state: failed to generate manifest: failed to parse {file}: {error.Message}");
        }
    }

    private static string? Find(YamlNode node, string[] path)
    {
        foreach (string step in path)
        {
            if (node is not YamlMappingNode map || !map.Children.TryGetValue(new YamlScalarNode(step), out YamlNode? child))
                return null;
            node = child;
        }

        return (node as YamlScalarNode)?.Value;
    }
}
