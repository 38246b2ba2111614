using Pipelines.Core.Model;
using Pipelines.Core.Stages.Check.ZeroDowntime;

namespace Pipelines.Core;

/// <summary>A rule that is turned off, and why. There is none without a reason.</summary>
public sealed record RuleOff
{
    /// <summary>Turns a rule off.</summary>
    /// <param name="rule">Its id, such as <c>ZD007</c>.</param>
    /// <param name="reason">Why, for the people who read the report.</param>
    /// <exception cref="InvalidUsageException">There is no such rule, or no reason.</exception>
    public RuleOff(string rule, string reason)
    {
        ArgumentNullException.ThrowIfNull(rule);
        ArgumentNullException.ThrowIfNull(reason);
        ZeroDowntimeRule known = ZeroDowntimeRule.All.FirstOrDefault(one => one.Id.Equals(rule.Trim(), StringComparison.OrdinalIgnoreCase))
            ?? throw new InvalidUsageException($"There is no rule '{rule}'.", null, $"{NearestName.Suggestion(rule, ZeroDowntimeRule.All.Select(one => one.Id)).TrimStart()} The rules are {string.Join(", ", ZeroDowntimeRule.All.Select(one => one.Id))}.".TrimStart());
        if (string.IsNullOrWhiteSpace(reason))
            throw new InvalidUsageException($"{known.Id} can't be turned off without a reason.", $"  {known.Id}: {known.Title}", $"Say why, such as new RuleOff(\"{known.Id}\", \"one pod on purpose: it holds a lock\").");
        (Rule, Reason) = (known.Id, reason.Trim());
    }

    /// <summary>The rule's id.</summary>
    public string Rule { get; }

    /// <summary>Why it is off.</summary>
    public string Reason { get; }

    /// <summary>Reads what settings hold: <c>ZD007: one pod on purpose; ZD012: the base image needs root</c>.</summary>
    /// <param name="text">Rules with their reasons, semicolons between them; empty for none.</param>
    /// <exception cref="InvalidUsageException">There is no such rule, or no reason.</exception>
    public static IReadOnlyList<RuleOff> ParseAll(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return [.. text.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).Select(part => part.Split(':', 2) is [var rule, var reason] ? new RuleOff(rule, reason) : new RuleOff(part, ""))];
    }
}
