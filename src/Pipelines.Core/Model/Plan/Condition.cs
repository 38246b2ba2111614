using System.Text.RegularExpressions;

namespace Pipelines.Core;

/// <summary>When a stage runs. Asked right before the stage would start, from the facts of the run.</summary>
/// <param name="Description">The condition in words, for the plan and for the skip message.</param>
/// <param name="Holds">The test.</param>
public sealed record Condition(string Description, Func<RunInfo, bool> Holds)
{
    /// <summary>Only on these branches.</summary>
    /// <param name="names">Branch names; <c>*</c> stands for any characters.</param>
    public static Condition Branch(params string[] names)
    {
        Regex[] patterns = [.. names.Select(name => new Regex("^" + Regex.Escape(name).Replace("\\*", ".*", StringComparison.Ordinal) + "$", RegexOptions.CultureInvariant))];
        return new Condition($"branch is {string.Join(" or ", names)}", run => run.PullRequest is null && run.Source?.Branch is { } branch && patterns.Any(pattern => pattern.IsMatch(branch)));
    }

    /// <summary>Only for pull and merge requests.</summary>
    public static Condition PullRequest { get; } = new("a pull request is built", run => run.PullRequest is not null);

    /// <summary>Only on a CI system.</summary>
    public static Condition OnCi { get; } = new("the run is on a CI system", run => run.IsCi);

    /// <summary>Only in live runs.</summary>
    public static Condition Live { get; } = new("the run is live", run => run.Mode == RunMode.Live);

    /// <summary>The opposite.</summary>
    /// <param name="condition">The condition.</param>
    public static Condition Not(Condition condition) => new($"not: {condition.Description}", run => !condition.Holds(run));
}
