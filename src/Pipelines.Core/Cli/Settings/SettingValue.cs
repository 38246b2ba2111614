namespace Pipelines.Core;

/// <summary>The effective value of a setting and where it came from.</summary>
/// <param name="Setting">The setting.</param>
/// <param name="Text">The value as text; null where it is not set and has no default.</param>
/// <param name="Source">Where it came from: <c>default</c>, <c>the script</c>, <c>pipeline.yaml:3</c>, <c>PIPELINES_…</c>, <c>--set</c>.</param>
public sealed record SettingValue(Setting Setting, string? Text, string Source);
