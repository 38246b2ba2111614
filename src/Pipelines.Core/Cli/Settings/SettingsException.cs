namespace Pipelines.Core;

/// <summary>Settings are wrong. All that is wrong with them is in one error.</summary>
public sealed class SettingsException : PipelineException
{
    internal SettingsException(IReadOnlyList<string> errors, string? note = null)
        : base(
            errors.Count == 1 ? "A setting is wrong." : $"{errors.Count} settings are wrong.",
            string.Join('\n', errors.Select(error => "  - " + error)),
            "See all settings, their values and where these come from: dotnet run --project build -- settings" + (note is null ? "" : "\n" + note)) =>
        Errors = errors;

    /// <summary>Each thing that is wrong.</summary>
    public IReadOnlyList<string> Errors { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Usage;
}
