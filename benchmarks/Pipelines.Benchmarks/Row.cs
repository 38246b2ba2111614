using System.Globalization;

namespace Pipelines.Benchmarks;

/// <summary>One line of the results.</summary>
internal sealed record Row(string What, string Measured, string ComparedWith, double Ratio, double? Goal, string Memory)
{
    /// <summary>The verdict on a goal that is not a ratio.</summary>
    public string? OwnVerdict { get; init; }

    public string Verdict => OwnVerdict ?? (Goal is not { } goal ? "–" : Ratio <= goal ? string.Create(CultureInfo.InvariantCulture, $"≤ {goal:0.##} met") : string.Create(CultureInfo.InvariantCulture, $"≤ {goal:0.##} **missed**"));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"| {What} | {Measured} | {ComparedWith} | {Ratio:0.000} | {Verdict} | {Memory} |");
}
