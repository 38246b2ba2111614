using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Reporting;

namespace Pipelines.Core.Cli.Session;

/// <summary>Who watches a run: one console, and the files in the run's folder.</summary>
internal static class RunObservers
{
    /// <summary>The observers, the console first. Who runs the plan disposes those that can be.</summary>
    [SuppressMessage("Reliability", "CA2000:Dispose objects before losing scope", Justification = "RunCommand disposes them after the run")]
    public static IEnumerable<IRunObserver> For(Invocation invocation, string folder)
    {
        AppEnvironment environment = invocation.Environment;
        var logs = new StageLogs(folder);
        return
        [
            ConsoleChoice.Create(Asked(invocation.Request.Output), environment.Output, environment.IsTerminal, invocation.Host, environment.Variables, environment.Time, logs),
            logs,
            new EventsFile(folder),
            new JUnitFile(folder),
            new SummaryFile(folder, invocation.Host, logs),
            new HtmlReport(folder, logs),
        ];
    }

    private static string? Asked(OutputStyle style) => style switch
    {
        OutputStyle.Plain => "plain",
        OutputStyle.Live => "live",
        OutputStyle.Json => "json",
        _ => null,
    };
}
