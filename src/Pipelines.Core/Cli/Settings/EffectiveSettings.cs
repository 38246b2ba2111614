using Pipelines.Core.Cli.Settings;

namespace Pipelines.Core;

/// <summary>Every setting's effective value, checked.</summary>
public sealed class EffectiveSettings
{
    private readonly Dictionary<Setting, SettingValue> _values;

    internal EffectiveSettings(IReadOnlyList<SettingValue> values)
    {
        Values = values;
        _values = values.ToDictionary(value => value.Setting);
    }

    /// <summary>All of them, in the schema's order.</summary>
    public IReadOnlyList<SettingValue> Values { get; }

    /// <summary>The value of a setting that has a default or was checked to be set.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">The setting.</param>
    /// <exception cref="SettingsException">It is not set.</exception>
    public T Get<T>(Setting<T> setting)
    {
        ArgumentNullException.ThrowIfNull(setting);
        return _values[setting].Text is { } text ? setting.Parse(text) : throw new SettingsException([Missing(setting, "it has no default")]);
    }

    /// <summary>Whether a setting has a value.</summary>
    /// <param name="setting">The setting.</param>
    public bool Has(Setting setting) => _values[setting].Text is not null;

    /// <summary>Whether nobody has set a setting.</summary>
    internal bool IsDefault(Setting setting) => _values[setting].Source == SettingsLoader.DefaultSource;

    /// <summary>The value of a setting; null where it has none.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">The setting.</param>
    public T? Find<T>(Setting<T> setting) where T : class
    {
        ArgumentNullException.ThrowIfNull(setting);
        return _values[setting].Text is { } text ? setting.Parse(text) : null;
    }

    /// <summary>The value of a setting; null where it has none.</summary>
    /// <typeparam name="T">Its type.</typeparam>
    /// <param name="setting">The setting.</param>
    public T? FindValue<T>(Setting<T> setting) where T : struct
    {
        ArgumentNullException.ThrowIfNull(setting);
        return _values[setting].Text is { } text ? setting.Parse(text) : null;
    }

    /// <summary>The message for a setting that must be set.</summary>
    /// <param name="setting">The setting.</param>
    /// <param name="why">Why it is needed.</param>
    internal static string Missing(Setting setting, string why) =>
        $"{setting.Key} is not set, and {why}. Set it in pipeline.yaml, by {setting.Variable}=…, or by --set {setting.Key}=…";
}
