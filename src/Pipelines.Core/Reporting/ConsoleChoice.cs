using Pipelines.Core.Hosts;

namespace Pipelines.Core.Reporting;

/// <summary>Chooses the console of a run.</summary>
internal static class ConsoleChoice
{
    /// <summary>What <c>--output</c> takes.</summary>
    public static IReadOnlyList<string> Outputs { get; } = ["plain", "live", "json"];

    /// <summary>The console for what was asked for, or, with null, for where the run is: live in a terminal, plain elsewhere.</summary>
    /// <param name="asked">One of <see cref="Outputs"/>, or null.</param>
    /// <param name="output">Where it writes.</param>
    /// <param name="isTerminal">Whether that is a terminal.</param>
    /// <param name="host">Where the run is.</param>
    /// <param name="environment">Has <c>NO_COLOR</c> and <c>TERM</c>.</param>
    /// <param name="time">The clock of the live view.</param>
    /// <param name="logs">Names the log files in messages.</param>
    public static IRunObserver Create(string? asked, TextWriter output, bool isTerminal, CiHost host, HostEnvironment environment, TimeProvider time, StageLogs? logs)
    {
        if (asked == "json")
            return new JsonConsole(output);
        bool color = UsesColor(isTerminal, host, environment);
        bool canBeLive = isTerminal && !IsDumb(environment);
        return canBeLive && (asked == "live" || (asked is null && !host.IsCi)) ? new LiveConsole(output, color, time, logs) : new PlainConsole(output, host, color, logs);
    }

    /// <summary>Colours where they are shown, unless <c>NO_COLOR</c> is set (no-color.org).</summary>
    public static bool UsesColor(bool isTerminal, CiHost host, HostEnvironment environment) =>
        environment.Get("NO_COLOR") is null && ((isTerminal && !IsDumb(environment)) || host.ShowsColors);

    private static bool IsDumb(HostEnvironment environment) => environment.Get("TERM") == "dumb";
}
