using System.Text;
using System.Text.Json;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Cli.Settings;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>doctor</c>: looks at everything a run needs, side by side, and says what to do about what is missing.</summary>
internal static class DoctorCommand
{
    private static readonly TimeSpan CheckTimeout = TimeSpan.FromSeconds(15);

    public static async Task<int> RunAsync(Invocation invocation)
    {
        var found = new List<(string Name, DoctorFinding Finding)>();
        EffectiveSettings? settings = null;
        try
        {
            settings = Application.LoadSettings(invocation, check: true);
            found.Add(("settings", new DoctorFinding(DoctorStatus.Ok, $"{settings.Values.Count} settings, {settings.Values.Count(value => value.Source != SettingsLoader.DefaultSource)} of them set")));
        }
        catch (PipelineException exception)
        {
            found.Add(("settings", new DoctorFinding(DoctorStatus.Missing, exception.Evidence?.Trim() ?? exception.What, exception.Advice)));
            settings = TryLoadUnchecked(invocation);
        }

        if (settings is not null)
        {
            TemplateContext context = Context(invocation, settings);
            IEnumerable<DoctorCheck> checks = [.. DoctorChecks.General(context), .. invocation.Template.Doctor(context)];
            found.AddRange(await Task.WhenAll(checks.Select(check => LookAsync(check, invocation.Environment.Time))).ConfigureAwait(false));
        }

        await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? Json(found) : Text(found, invocation)).ConfigureAwait(false);
        return found.Exists(one => one.Finding.Status == DoctorStatus.Missing) ? 3 : 0;
    }

    private static EffectiveSettings? TryLoadUnchecked(Invocation invocation)
    {
        try
        {
            return Application.LoadSettings(invocation, check: false);
        }
        catch (PipelineException)
        {
            return null; // the same errors were just added to what was found
        }
    }

    private static TemplateContext Context(Invocation invocation, EffectiveSettings settings)
    {
        SecretMasker masker = invocation.Masker;
        return new TemplateContext(invocation.Complete, invocation.Host)
        {
            Settings = settings,
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            WillRun = false,
            RunDirectory = Path.Combine(invocation.Directory, ".pipelines", "runs", "doctor"),
            SandboxFaults = [],
            Secrets = invocation.Mode == RunMode.Sandbox
                ? SecretStores.Sandbox(masker, new Dictionary<string, string>(), invocation.Environment.Time)
                : SecretStores.Live(masker, invocation.Environment.Variables.All, invocation.Directory, invocation.Environment.Time),
            Time = invocation.Environment.Time,
            Warn = text => invocation.Environment.Error.WriteLine("warning: " + text),
        };
    }

    private static async Task<(string, DoctorFinding)> LookAsync(DoctorCheck check, TimeProvider time)
    {
        using var limit = new CancellationTokenSource(CheckTimeout, time);
        try
        {
            return (check.Name, await check.LookAsync(limit.Token).WaitAsync(limit.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            return (check.Name, new DoctorFinding(DoctorStatus.Missing, $"no answer within {Durations.Text(CheckTimeout)}"));
        }
        catch (PipelineException exception)
        {
            return (check.Name, new DoctorFinding(DoctorStatus.Missing, exception.What, exception.Advice));
        }
    }

    private static string Text(List<(string Name, DoctorFinding Finding)> found, Invocation invocation)
    {
        int width = found.Max(one => one.Name.Length);
        var text = new StringBuilder();
        text.Append("For a ").Append(invocation.Mode == RunMode.Live ? "live" : "sandbox").Append(" run of ").Append(invocation.Template.Name).AppendLine(":");
        foreach ((string name, DoctorFinding finding) in found)
        {
            string mark = finding.Status switch { DoctorStatus.Ok => "ok     ", DoctorStatus.Note => "note   ", _ => "MISSING" };
            text.Append("  ").Append(mark).Append("  ").Append(name.PadRight(width)).Append("  ").AppendLine(finding.Text.ReplaceLineEndings("\n").Replace("\n", "\n" + new string(' ', width + 13), StringComparison.Ordinal));
            if (finding.Advice is not null)
                text.Append(' ', width + 13).AppendLine("-> " + finding.Advice);
        }

        int missing = found.Count(one => one.Finding.Status == DoctorStatus.Missing);
        return text.Append(missing == 0 ? "Everything a run needs is here." : $"{missing} of {found.Count} would fail a run.").ToString();
    }

    private static string Json(List<(string Name, DoctorFinding Finding)> found)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach ((string name, DoctorFinding finding) in found)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteString("status", finding.Status switch { DoctorStatus.Ok => "ok", DoctorStatus.Note => "note", _ => "missing" });
                json.WriteString("text", finding.Text);
                json.WriteString("advice", finding.Advice);
                json.WriteEndObject();
            }

            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
