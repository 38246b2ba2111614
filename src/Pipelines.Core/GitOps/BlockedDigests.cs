using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;

namespace Pipelines.Core.GitOps;

/// <summary>The file of the manifest repository that keeps an environment's blocked digests. It is changed in the very commit that rolls back, so that there is no moment at which one is true without the other.</summary>
/// <remarks>It lies under <c>.pipelines/</c> at the root, outside of every application's path. Its name has an ending of its own, for an application whose path is the root: Argo CD takes <c>.yaml</c>, <c>.yml</c>, <c>.json</c> and <c>.jsonnet</c> for manifests, whatever their folder.</remarks>
internal static class BlockedDigests
{
    public static string File(string app, string environment) => $".pipelines/blocked/{RefDocuments.Segment(app)}/{RefDocuments.Segment(environment)}.blocked";

    /// <exception cref="ManifestFileException">It is there and cannot be read: then nothing can be said about any digest.</exception>
    public static IReadOnlyList<BlockedDigest> Read(string file, byte[]? bytes)
    {
        if (bytes is null)
            return [];
        return DocumentJson.TryRead(Encoding.UTF8.GetString(bytes), root => root.GetProperty("blocked").EnumerateArray().Select(Entry).ToList())
            ?? throw new ManifestFileException(
                $"'{file}' in the manifest repository is not what this version of Pipelines writes, so it is not known which digests are blocked.",
                file,
                null,
                null,
                "  a JSON object with \"version\": 1 and \"blocked\": [ … ] was expected",
                "Use the version of Pipelines that wrote it, or correct the file by a reviewed commit. Nothing was deployed.");
    }

    public static byte[]? Write(IReadOnlyList<BlockedDigest> blocked)
    {
        if (blocked.Count == 0)
            return null; // the file goes with its last entry
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, NewLine = "\n", Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteNumber("version", 1);
            json.WriteStartArray("blocked");
            foreach (BlockedDigest one in blocked)
            {
                json.WriteStartObject();
                if (one.Digest is not null)
                    json.WriteString("digest", one.Digest);
                if (one.Tag is not null)
                    json.WriteString("tag", one.Tag);
                json.WriteString("at", DocumentJson.Time(one.At));
                json.WriteString("by", one.By);
                json.WriteString("reason", one.Reason);
                if (one.BuildUrl is not null)
                    json.WriteString("buildUrl", one.BuildUrl);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }

    /// <summary>With one more; an older entry of the same digest gives way.</summary>
    public static IReadOnlyList<BlockedDigest> With(this IReadOnlyList<BlockedDigest> blocked, BlockedDigest one) => [.. blocked.Where(other => !other.Matches(one.Digest, one.Tag)), one];

    private static BlockedDigest Entry(JsonElement json) =>
        new(json.Find("digest"), json.Find("tag"), json.Time("at"), json.Text("by"), json.Text("reason")) { BuildUrl = json.Find("buildUrl") };
}
