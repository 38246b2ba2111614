using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of the tests.</summary>
internal sealed class TestKeys(SettingsSchema schema)
{
    public Setting<string> Language { get; } = schema.Choice("tests.language", "the language of the service", "auto", "auto", "python", "node", "dotnet", "maven", "gradle", "go");

    public Setting<double> MinimumCoverage { get; } = schema.Share("tests.minimum-coverage", "the least share of lines the tests must cover, where coverage can be measured (Python with pytest-cov)");

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("tests.timeout", "how long the tests may take", "30m");
}
