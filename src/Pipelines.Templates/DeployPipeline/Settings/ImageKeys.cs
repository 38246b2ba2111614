using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of the image and its build.</summary>
internal sealed class ImageKeys(SettingsSchema schema)
{
    public Setting<string> Builder { get; } = schema.Choice("image.builder", "docker, or the sandbox's assembler (sandbox only)", "auto", "auto", "docker", "assembler");

    public Setting<string> Dockerfile { get; } = schema.Text("image.dockerfile", "the Dockerfile, from the build context", "Dockerfile");

    public Setting<string> Context { get; } = schema.Text("image.context", "the build context, from the service's root", ".");

    public Setting<string> Target { get; } = schema.Text("image.target", "the stage of the Dockerfile to build; the last where not set");

    public Setting<string> Platform { get; } = schema.Text("image.platform", "the platform to build for, such as linux/amd64; the engine's own where not set");

    public Setting<string> BuildArguments { get; } = schema.Text("image.build-args", "build arguments, name=value with commas; they stay visible in the image");

    public Setting<string> CacheFrom { get; } = schema.Text("image.cache-from", "buildx' --cache-from");

    public Setting<string> CacheTo { get; } = schema.Text("image.cache-to", "buildx' --cache-to");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("image.timeout", "how long the build may take", "30m");
}
