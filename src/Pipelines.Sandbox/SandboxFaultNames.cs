using Pipelines.Core;
using Pipelines.Core.Model;

namespace Pipelines.Sandbox;

/// <summary>The faults as the command line names them.</summary>
public static class SandboxFaultNames
{
    private static readonly (string Name, SandboxFaults Fault)[] s_names =
    [
        ("smoke", SandboxFaults.Smoke),
        ("argocd-degraded", SandboxFaults.ArgoCdDegraded),
        ("push-conflict", SandboxFaults.PushConflict),
        ("registry", SandboxFaults.Registry),
        ("slack", SandboxFaults.Slack),
        ("metrics", SandboxFaults.Metrics),
        ("metrics-inconclusive", SandboxFaults.MetricsInconclusive),
    ];

    /// <summary>Every name.</summary>
    public static IReadOnlyList<string> All { get; } = [.. s_names.Select(entry => entry.Name)];

    /// <summary>Reads one name, or several with commas between them.</summary>
    /// <param name="text">Such as <c>smoke</c> or <c>push-conflict,slack</c>.</param>
    /// <exception cref="InvalidUsageException">A name is unknown; the message offers the nearest.</exception>
    public static SandboxFaults Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        SandboxFaults faults = SandboxFaults.None;
        foreach (string name in text.Split(',', StringSplitOptions.TrimEntries))
        {
            SandboxFaults fault = Array.Find(s_names, entry => entry.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Fault;
            if (fault == SandboxFaults.None)
                throw new InvalidUsageException($"The sandbox knows no fault '{name}'.", null, $"{NearestName.Suggestion(name, All)} The faults are: {string.Join(", ", All)}.".TrimStart());
            faults |= fault;
        }

        return faults;
    }
}
