using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>What the sandbox starts from.</summary>
internal sealed class SandboxKeys(SettingsSchema schema)
{
    public Setting<string> Values { get; } = schema.Text("sandbox.values", "the service's values file that the sandbox's manifest repository starts from", "deploy/values-{environment}.yaml");
}
