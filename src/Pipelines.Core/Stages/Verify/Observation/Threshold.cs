using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>What is asked of a metric's values: a fixed bound, or one drawn from the values before the deployment.</summary>
public sealed record Threshold
{
    private readonly ThresholdKind _kind;
    private readonly bool _isUpper;
    private readonly double _value;
    private readonly double? _either;

    private Threshold(ThresholdKind kind, bool isUpper, double value, double? either)
    {
        if (!double.IsFinite(value) || either is { } bound && !double.IsFinite(bound))
            throw new InvalidUsageException("A threshold must be a number.", $"  {MetricText.Value(double.IsFinite(value) ? either!.Value : value, MetricUnit.None)}", "Give Threshold a finite value, such as Threshold.AtLeast(0.99).");
        if (kind == ThresholdKind.Times && value <= 0 || kind == ThresholdKind.Difference && value < 0)
            throw new InvalidUsageException("A comparison with the time before needs a positive value.", $"  {MetricText.Value(value, MetricUnit.None)}", "Write how many times the value before, such as 1.5, or how far from it, such as 0.01.");
        (_kind, _isUpper, _value, _either) = (kind, isUpper, value, either);
    }

    /// <summary>Whether the value before the deployment is needed.</summary>
    public bool ComparesWithBaseline => _kind != ThresholdKind.Fixed;

    /// <summary>Passes values of at least this.</summary>
    /// <param name="value">The least value that passes.</param>
    public static Threshold AtLeast(double value) => new(ThresholdKind.Fixed, isUpper: false, value, null);

    /// <summary>Passes values of at most this.</summary>
    /// <param name="value">The greatest value that passes.</param>
    public static Threshold AtMost(double value) => new(ThresholdKind.Fixed, isUpper: true, value, null);

    /// <summary>Passes values of at most so many times the value before the deployment.</summary>
    /// <param name="factor">Such as 1.5.</param>
    /// <param name="orAtMost">A value that passes whatever was before: for metrics that are close to zero, and for the first deployment, before which nothing was.</param>
    public static Threshold AtMostTimesBaseline(double factor, double? orAtMost = null) => new(ThresholdKind.Times, isUpper: true, factor, orAtMost);

    /// <summary>Passes values that exceed the one before the deployment by at most this.</summary>
    /// <param name="difference">In the metric's own unit.</param>
    /// <param name="orAtMost">A value that passes whatever was before.</param>
    public static Threshold AtMostAboveBaseline(double difference, double? orAtMost = null) => new(ThresholdKind.Difference, isUpper: true, difference, orAtMost);

    /// <summary>Passes values of at least so many times the value before the deployment.</summary>
    /// <param name="factor">Such as 0.9.</param>
    /// <param name="orAtLeast">A value that passes whatever was before.</param>
    public static Threshold AtLeastTimesBaseline(double factor, double? orAtLeast = null) => new(ThresholdKind.Times, isUpper: false, factor, orAtLeast);

    /// <summary>Passes values that fall short of the one before the deployment by at most this.</summary>
    /// <param name="difference">In the metric's own unit, such as 0.005 for half a percent of a success rate.</param>
    /// <param name="orAtLeast">A value that passes whatever was before.</param>
    public static Threshold AtMostBelowBaseline(double difference, double? orAtLeast = null) => new(ThresholdKind.Difference, isUpper: false, difference, orAtLeast);

    /// <summary>The bounds; both null where nothing can be told without a baseline.</summary>
    internal (double? Lower, double? Upper) Bounds(double? baseline)
    {
        double? bound = _kind switch
        {
            ThresholdKind.Fixed => _value,
            ThresholdKind.Times => baseline + Math.Abs(baseline ?? 0) * (_value - 1), // of a negative value, too, the worse side
            _ => _isUpper ? baseline + _value : baseline - _value,
        };
        if (bound is null)
            bound = _either;
        else if (_either is { } either)
            bound = _isUpper ? Math.Max(bound.Value, either) : Math.Min(bound.Value, either);
        return _isUpper ? (null, bound) : (bound, null);
    }

    /// <summary>Such as <c>at least 99 %</c> or <c>at most 1.5 times the value before the deployment, or at most 200 ms</c>.</summary>
    internal string Text(MetricUnit unit)
    {
        string or = _either is { } either ? $", or {(_isUpper ? "at most" : "at least")} {MetricText.Value(either, unit)}" : "";
        return _kind switch
        {
            ThresholdKind.Fixed => $"{(_isUpper ? "at most" : "at least")} {MetricText.Value(_value, unit)}",
            ThresholdKind.Times => $"{(_isUpper ? "at most" : "at least")} {MetricText.Value(_value, MetricUnit.None)} times the value before the deployment{or}",
            _ => $"at most {MetricText.Value(_value, unit)} {(_isUpper ? "above" : "below")} the value before the deployment{or}",
        };
    }

    private enum ThresholdKind
    {
        Fixed,
        Times,
        Difference,
    }
}
