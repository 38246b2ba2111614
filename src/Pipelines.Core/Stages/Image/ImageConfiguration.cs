using System.Text.Json;

namespace Pipelines.Core.Stages.Image;

/// <summary>Writes the JSON of an image's configuration, manifest and index (OCI image-spec). The same input gives the same bytes.</summary>
internal static class ImageConfiguration
{
    public static byte[] Configuration(DockerfileSettings settings, IReadOnlyDictionary<string, string> labels, string diffId, string architecture, string created) => Write(json =>
    {
        json.WriteString("created", created);
        json.WriteString("architecture", architecture);
        json.WriteString("os", "linux");
        json.WriteStartObject("config");
        if (settings.User is not null)
            json.WriteString("User", settings.User);
        Names(json, "ExposedPorts", settings.Ports);
        List(json, "Env", settings.Environment);
        List(json, "Entrypoint", settings.Entrypoint);
        List(json, "Cmd", settings.Command);
        json.WriteString("WorkingDir", settings.WorkingDirectory);
        json.WriteStartObject("Labels");
        foreach ((string name, string value) in labels.OrderBy(label => label.Key, StringComparer.Ordinal))
            json.WriteString(name, value);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteStartObject("rootfs");
        json.WriteString("type", "layers");
        List(json, "diff_ids", [diffId]);
        json.WriteEndObject();
        json.WriteStartArray("history");
        json.WriteStartObject();
        json.WriteString("created", created);
        json.WriteString("created_by", "the build context, packed without docker");
        json.WriteEndObject();
        json.WriteEndArray();
    });

    public static byte[] Manifest(string mediaType, (string MediaType, string Digest, long Size) configuration, (string MediaType, string Digest, long Size) layer) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", mediaType);
        json.WritePropertyName("config");
        Descriptor(json, configuration);
        json.WriteStartArray("layers");
        Descriptor(json, layer);
        json.WriteEndArray();
    });

    public static byte[] Index(string mediaType, (string MediaType, string Digest, long Size) manifest, string name) => Write(json =>
    {
        json.WriteNumber("schemaVersion", 2);
        json.WriteString("mediaType", mediaType);
        json.WriteStartArray("manifests");
        json.WriteStartObject();
        DescriptorFields(json, manifest);
        json.WriteStartObject("annotations");
        json.WriteString("org.opencontainers.image.ref.name", name);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static byte[] Write(Action<Utf8JsonWriter> content)
    {
        using var stream = new MemoryStream();
        using (var json = new Utf8JsonWriter(stream))
        {
            json.WriteStartObject();
            content(json);
            json.WriteEndObject();
        }

        return stream.ToArray();
    }

    private static void Descriptor(Utf8JsonWriter json, (string MediaType, string Digest, long Size) descriptor)
    {
        json.WriteStartObject();
        DescriptorFields(json, descriptor);
        json.WriteEndObject();
    }

    private static void DescriptorFields(Utf8JsonWriter json, (string MediaType, string Digest, long Size) descriptor)
    {
        json.WriteString("mediaType", descriptor.MediaType);
        json.WriteString("digest", descriptor.Digest);
        json.WriteNumber("size", descriptor.Size);
    }

    private static void List(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartArray(name);
        foreach (string value in values)
            json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static void Names(Utf8JsonWriter json, string name, IEnumerable<string> values)
    {
        json.WriteStartObject(name);
        foreach (string value in values)
        {
            json.WriteStartObject(value);
            json.WriteEndObject();
        }

        json.WriteEndObject();
    }
}
