using System.Text;
using System.Text.Json;
using Pipelines.Core.Cli.Settings;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>settings</c>: each setting, its effective value and where that came from.</summary>
internal static class SettingsCommand
{
    public static int Run(Invocation invocation)
    {
        EffectiveSettings settings = Application.LoadSettings(invocation, check: false);
        string[] problems = [.. invocation.Template.Check(settings, invocation.Mode)];
        invocation.Environment.Output.WriteLine(invocation.Request.Json ? Json(settings, problems) : Text(settings));
        if (!invocation.Request.Json)
            foreach (string problem in problems)
                invocation.Environment.Error.WriteLine($"a {(invocation.Mode == RunMode.Live ? "live" : "sandbox")} run would refuse this: {problem}");
        return problems.Length == 0 ? 0 : 2;
    }

    private static string Text(EffectiveSettings settings)
    {
        if (settings.Values.Count == 0)
            return "This pipeline has no settings.";
        int keys = settings.Values.Max(value => value.Setting.Key.Length);
        int texts = Math.Min(60, settings.Values.Max(value => (value.Text ?? "-").Length));
        var text = new StringBuilder();
        foreach (SettingValue value in settings.Values)
            text.Append(value.Setting.Key.PadRight(keys)).Append("  ").Append((value.Text ?? "-").PadRight(texts)).Append("  ").Append(value.Source == SettingsLoader.DefaultSource ? "" : $"[{value.Source}] ").AppendLine(value.Setting.Description);
        return text.ToString().TrimEnd();
    }

    private static string Json(EffectiveSettings settings, string[] problems)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartObject();
            json.WriteStartArray("settings");
            foreach (SettingValue value in settings.Values)
            {
                json.WriteStartObject();
                json.WriteString("key", value.Setting.Key);
                json.WriteString("value", value.Text);
                json.WriteString("source", value.Source);
                json.WriteString("kind", value.Setting.Kind);
                json.WriteString("variable", value.Setting.Variable);
                json.WriteString("default", value.Setting.DefaultText);
                json.WriteString("description", value.Setting.Description);
                json.WriteEndObject();
            }

            json.WriteEndArray();
            json.WriteStartArray("problems");
            foreach (string problem in problems)
                json.WriteStringValue(problem);
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
