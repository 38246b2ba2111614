using System.Globalization;
using Pipelines.Core.Cli.Settings;

namespace Pipelines.Core;

/// <summary>The settings that a template knows. Each method adds one and returns its typed handle.</summary>
public sealed class SettingsSchema
{
    private readonly List<Setting> _settings = [];

    /// <summary>All of them, in the order they were added.</summary>
    public IReadOnlyList<Setting> Settings => _settings;

    /// <summary>Adds a text.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default.</param>
    /// <param name="check">Why a text is no legal value; null where it is.</param>
    public Setting<string> Text(string key, string description, string? defaultValue = null, Func<string, string?>? check = null) =>
        Add(new Setting<string>(key, description, "text", defaultValue, text => check?.Invoke(text) is { } reason ? throw new FormatException(reason) : text));

    /// <summary>Adds one of a few words.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default.</param>
    /// <param name="choices">The words.</param>
    public Setting<string> Choice(string key, string description, string defaultValue, params IReadOnlyList<string> choices) =>
        Add(new Setting<string>(key, description, string.Join('|', choices), defaultValue, text => choices.Contains(text)
            ? text
            : throw new FormatException($"'{text}' is none of {string.Join(", ", choices)}.{Model.NearestName.Suggestion(text, choices)}")));

    /// <summary>Adds a whole number.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default; null for none.</param>
    /// <param name="min">The least.</param>
    /// <param name="max">The most.</param>
    public Setting<int> Number(string key, string description, int? defaultValue, int min = 0, int max = int.MaxValue) =>
        Add(new Setting<int>(key, description, "number", defaultValue?.ToString(CultureInfo.InvariantCulture), text =>
            int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int value) && value >= min && value <= max
                ? value
                : throw new FormatException($"'{text}' is no whole number from {min} to {max}.")));

    /// <summary>Adds a number, written with a point: <c>0.5</c>, <c>-3</c>, <c>1e3</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default as it is written; null for none.</param>
    public Setting<double> Decimal(string key, string description, string? defaultValue = null) =>
        Add(new Setting<double>(key, description, "number", defaultValue, text =>
            double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out double value) && double.IsFinite(value) ? value : throw new FormatException($"'{text}' is no number. Write it with a point, such as 0.5.")));

    /// <summary>Adds a share, written as <c>80%</c> or <c>0.8</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default as it is written; null for none.</param>
    public Setting<double> Share(string key, string description, string? defaultValue = null) =>
        Add(new Setting<double>(key, description, "share", defaultValue, SettingFormats.Share));

    /// <summary>Adds yes or no, written as <c>true</c> or <c>false</c>.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default.</param>
    public Setting<bool> Flag(string key, string description, bool defaultValue) =>
        Add(new Setting<bool>(key, description, "true|false", defaultValue ? "true" : "false", text => text switch
        {
            "true" => true,
            "false" => false,
            _ => throw new FormatException($"'{text}' is neither true nor false."),
        }));

    /// <summary>Adds a duration, written as <c>90s</c>, <c>10m</c>, <c>1h30m</c> or <c>00:10:00</c>; more than zero.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default as it is written; null for none.</param>
    public Setting<TimeSpan> Duration(string key, string description, string? defaultValue) =>
        Add(new Setting<TimeSpan>(key, description, "duration", defaultValue, SettingFormats.Duration));

    /// <summary>Adds the address of an HTTP server.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default; null for none.</param>
    public Setting<Uri> Address(string key, string description, string? defaultValue = null) =>
        Add(new Setting<Uri>(key, description, "http(s) address", defaultValue, SettingFormats.Address));

    /// <summary>Adds the reference of a secret: where it is kept, never the secret itself.</summary>
    /// <param name="key">The key.</param>
    /// <param name="description">What it means.</param>
    /// <param name="defaultValue">The default; null for none.</param>
    public Setting<SecretReference> Secret(string key, string description, string? defaultValue = null) =>
        Add(new Setting<SecretReference>(key, description, "secret reference", defaultValue, SecretReference.Parse));

    /// <summary>Adds <c>run.on-cancel</c>, which the command line reads: whether a run that is cancelled (Ctrl-C, SIGTERM) takes back what it deployed and did not prove, or leaves it to go on later. <c>--on-cancel</c> wins over it.</summary>
    public Setting<string> OnCancel() => Cancelling ??= Choice("run.on-cancel", "what becomes of a deployment that is not proven when the run is cancelled", "undo", "undo", "leave");

    /// <summary>The setting that <see cref="OnCancel"/> added; null where the template does not have it.</summary>
    internal Setting<string>? Cancelling { get; private set; }

    private Setting<T> Add<T>(Setting<T> setting)
    {
        if (_settings.Exists(other => other.Key == setting.Key || other.Variable == setting.Variable))
            throw new InvalidOperationException($"The setting '{setting.Key}' is there already, or shares its variable {setting.Variable} with another one.");
        _settings.Add(setting);
        return setting;
    }
}
