using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of the smoke test.</summary>
internal sealed class SmokeKeys(SettingsSchema schema)
{
    public Setting<string> Url { get; } = schema.Text("smoke.url", "what the smoke test gets; may hold {app} and {environment}", check: AddressRules.CheckSmokeUrl);

    public Setting<int> Status { get; } = schema.Number("smoke.status", "the status it expects", 200, 100, 599);

    public Setting<string> Contains { get; } = schema.Text("smoke.contains", "text that the body must hold");

    public Setting<string> VersionKey { get; } = schema.Text("smoke.version-key", "the key of the JSON body that must be the deployed tag");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("smoke.timeout", "how long it may take in all", "2m");

    public Setting<TimeSpan> RequestTimeout { get; } = schema.Duration("smoke.request-timeout", "how long one request may take", "10s");
}
