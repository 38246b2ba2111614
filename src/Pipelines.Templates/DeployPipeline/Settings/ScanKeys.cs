using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of the scans.</summary>
internal sealed class ScanKeys(SettingsSchema schema)
{
    public Setting<string> FailOn { get; } = schema.Choice("scan.fail-on", "the severity from which a finding blocks", "high", "low", "medium", "high", "critical");

    public Setting<bool> IgnoreUnfixed { get; } = schema.Flag("scan.ignore-unfixed", "whether findings without a fix pass", true);

    public Setting<string> IgnoreFile { get; } = schema.Text("scan.ignore-file", "the ignore list: id, reason and expiry date per entry", "scan-ignore.yaml");

    public Setting<string> SecretIgnoreFile { get; } = schema.Text("secrets.scan-ignore-file", "the allow list of the secret scan: fingerprint, or rule and path, with a reason per entry", "secret-scan-ignore.yaml");
}
