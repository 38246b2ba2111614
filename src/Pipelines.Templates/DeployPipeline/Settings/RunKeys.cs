using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of a run as a whole.</summary>
internal sealed class RunKeys(SettingsSchema schema)
{
    public Setting<string> OnCancel { get; } = schema.OnCancel();
}
