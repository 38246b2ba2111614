using System.Text.Json;
using System.Text.Json.Serialization;

namespace Pipelines.Core.Model;

/// <summary>A secret in an object that is serialised shows as <c>***</c>, and none is ever read from JSON.</summary>
internal sealed class SecretJsonConverter : JsonConverter<Secret>
{
    public override Secret Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options) =>
        throw new JsonException("A secret is never read from JSON. Read a SecretReference as text instead, such as env://NAME.");

    public override void Write(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WriteStringValue("***");

    public override void WriteAsPropertyName(Utf8JsonWriter writer, Secret value, JsonSerializerOptions options) => writer.WritePropertyName("***");
}
