using System.Text.Json.Serialization;

namespace Pipelines.Core.Stages.Image;

[JsonSerializable(typeof(string[]))]
internal sealed partial class ImageJson : JsonSerializerContext;
