using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.Settings;

/// <summary>Reads settings from all their places, lowest first: defaults, the script, <c>pipeline.yaml</c>, <c>PIPELINES_*</c> variables, <c>--set</c>.</summary>
internal static class SettingsLoader
{
    internal const string FileName = "pipeline.yaml";
    internal const string DefaultSource = "default";
    private const string VariablePrefix = "PIPELINES_";

    public static EffectiveSettings Load(
        SettingsSchema schema,
        IReadOnlyDictionary<string, string> scriptDefaults,
        string directory,
        IReadOnlyDictionary<string, string> variables,
        IReadOnlyList<string> assignments,
        Func<EffectiveSettings, IEnumerable<string>>? check = null,
        string? note = null)
    {
        var errors = new List<string>();
        Dictionary<string, SettingValue> values = schema.Settings.ToDictionary(setting => setting.Key, setting => new SettingValue(setting, setting.DefaultText, DefaultSource), StringComparer.Ordinal);

        foreach ((string key, string value) in scriptDefaults)
            Set(key, value, "the script");
        string file = Path.Combine(directory, FileName);
        if (File.Exists(file)) // the YAML parser is loaded only then
            foreach (SettingsFile.Entry entry in SettingsFile.Read(file, errors))
                Set(entry.Key, entry.Value, $"{FileName}:{entry.Line}");
        SetFromVariables();
        foreach (string assignment in assignments)
            SetFromAssignment(assignment);

        if (errors.Count == 0 && check is not null)
            errors.AddRange(check(new EffectiveSettings([.. values.Values])));
        return errors.Count == 0 ? new EffectiveSettings([.. schema.Settings.Select(setting => values[setting.Key])]) : throw new SettingsException(errors, note);

        void Set(string key, string value, string source)
        {
            if (!values.TryGetValue(key, out SettingValue? current))
                errors.Add($"{source}: there is no setting '{key}'.{NearestName.Suggestion(key, values.Keys)}");
            else if (string.IsNullOrWhiteSpace(value))
                errors.Add($"{key} ({source}): it has no value. Give one, or leave the key away for {(current.Setting.DefaultText is { } text ? $"its default, '{text}'" : "none")}.");
            else if (current.Setting.Check(value) is { } reason)
                errors.Add($"{key} ({source}): {reason}");
            else
                values[key] = new SettingValue(current.Setting, value, source);
        }

        void SetFromVariables()
        {
            Dictionary<string, string> keys = schema.Settings.ToDictionary(setting => setting.Variable, setting => setting.Key, StringComparer.OrdinalIgnoreCase);
            foreach ((string variable, string value) in variables.Where(pair => pair.Key.StartsWith(VariablePrefix, StringComparison.OrdinalIgnoreCase) && pair.Value.Length > 0).OrderBy(pair => pair.Key, StringComparer.Ordinal))
            {
                if (keys.TryGetValue(variable, out string? key))
                    Set(key, value, variable);
                else
                    errors.Add($"{variable}: no setting has this variable.{NearestName.Suggestion(variable, keys.Keys)}");
            }
        }

        void SetFromAssignment(string assignment)
        {
            int equals = assignment.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0)
                errors.Add("--set: an assignment has no key or no '='. Write --set key=value."); // its text is not repeated: it may be a secret put in the wrong place
            else
                Set(assignment[..equals].Trim(), assignment[(equals + 1)..].Trim(), "--set");
        }
    }
}
