using System.Globalization;
using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Reporting;

/// <summary>A metric's values as an inline SVG: one slot for each measurement of the window, the threshold as a line, what breaks it shaded. Shape tells the outcome as well as colour does.</summary>
internal sealed class HtmlChart
{
    private const double Width = 760, Height = 190, Left = 66, Right = 14, Top = 16, Bottom = 26;
    private const int Dense = 90; // from here on points are small

    private readonly StringBuilder _html;
    private readonly MetricResult _metric;
    private readonly int _slots;
    private readonly double _low;
    private readonly double _high;
    private readonly double _step;

    public HtmlChart(StringBuilder html, MetricResult metric)
    {
        (_html, _metric) = (html, metric);
        _slots = Math.Max(metric.Planned, metric.Measurements.Count);
        double[] shown = [.. metric.Measurements.Select(measurement => measurement.Value).Append(metric.Lower).Append(metric.Upper).Append(metric.Baseline).OfType<double>().Where(double.IsFinite).Select(Drawable)];
        (double least, double most) = shown.Length == 0 ? (0, 1) : (shown.Min(), shown.Max());
        double margin = most > least ? (most - least) * 0.15 : most == 0 ? 1 : Math.Abs(most) * 0.1;
        _low = least >= 0 ? Math.Max(0, least - margin) : least - margin;
        _high = metric.Unit == MetricUnit.Ratio && most <= 1 ? Math.Min(1, most + margin) : most + margin;
        if (_high <= _low)
            _high = _low + margin;
        _step = Step((_high - _low) / 4);
    }

    public void Append()
    {
        _html.Append("<svg viewBox=\"0 0 ").Append(Number(Width)).Append(' ').Append(Number(Height)).Append("\" role=\"img\" aria-label=\"").Text($"{_metric.Name}, {_metric.Threshold}: {MetricText.Values(_metric)}").Append("\">\n");
        Grid();
        Bound(_metric.Lower, isUpper: false);
        Bound(_metric.Upper, isUpper: true);
        if (_metric.Baseline is { } baseline)
            Horizontal("base", baseline, "before");
        Line();
        for (int index = 0; index < _metric.Measurements.Count; index++)
            Mark(index, _metric.Measurements[index]);
        _html.Append("</svg>\n");
    }

    private void Grid()
    {
        for (double at = Math.Ceiling(_low / _step) * _step; at <= _high + _step * 1e-6; at += _step)
        {
            string y = Number(Y(at));
            _html.Append("<line class=\"grid\" x1=\"").Append(Number(Left)).Append("\" x2=\"").Append(Number(Width - Right)).Append("\" y1=\"").Append(y).Append("\" y2=\"").Append(y).Append("\"/><text x=\"").Append(Number(Left - 8))
                .Append("\" y=\"").Append(Number(Y(at) + 4)).Append("\" text-anchor=\"end\">").Text(MetricText.Value(Math.Abs(at) < _step / 1e6 ? 0 : Math.Round(at, 12), _metric.Unit)).Append("</text>\n");
        }

        DateTimeOffset first = _metric.Measurements[0].At, last = _metric.Measurements[^1].At;
        Label(Left, "start", first.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
        Label(Width - Right, "end", _metric.Measurements.Count < _slots ? $"ended after {_metric.Measurements.Count} of {_slots}" : last.UtcDateTime.ToString("HH:mm:ss 'UTC'", CultureInfo.InvariantCulture));
    }

    private void Label(double x, string anchor, string text) =>
        _html.Append("<text x=\"").Append(Number(x)).Append("\" y=\"").Append(Number(Height - 8)).Append("\" text-anchor=\"").Append(anchor).Append("\">").Text(text).Append("</text>\n");

    /// <summary>The threshold: a line, and a shade over all that breaks it.</summary>
    private void Bound(double? bound, bool isUpper)
    {
        if (bound is not { } value)
            return;
        double top = isUpper ? Top : Y(value), bottom = isUpper ? Y(value) : Height - Bottom;
        if (bottom > top)
            _html.Append("<rect class=\"out\" x=\"").Append(Number(Left)).Append("\" y=\"").Append(Number(top)).Append("\" width=\"").Append(Number(Width - Left - Right)).Append("\" height=\"").Append(Number(bottom - top)).Append("\"/>");
        Horizontal("limit", value, $"{(isUpper ? "at most" : "at least")} {MetricText.Value(value, _metric.Unit)}");
    }

    private void Horizontal(string kind, double value, string label)
    {
        double y = Y(value);
        _html.Append("<line class=\"").Append(kind).Append("\" x1=\"").Append(Number(Left)).Append("\" x2=\"").Append(Number(Width - Right)).Append("\" y1=\"").Append(Number(y)).Append("\" y2=\"").Append(Number(y)).Append("\"/><text class=\"")
            .Append(kind).Append("-text\" x=\"").Append(Number(kind == "limit" ? Width - Right - 6 : Left + 6)).Append("\" y=\"").Append(Number(y - 5 < Top + 8 ? y + 14 : y - 5)).Append("\" text-anchor=\"").Append(kind == "limit" ? "end" : "start").Append("\">").Text(label).Append("</text>\n");
    }

    /// <summary>Neighbours are joined; a gap stays a gap.</summary>
    private void Line()
    {
        var path = new StringBuilder();
        bool joined = false;
        for (int index = 0; index < _metric.Measurements.Count; index++)
        {
            if (_metric.Measurements[index].Value is not { } value)
            {
                joined = false;
                continue;
            }

            path.Append(joined ? 'L' : 'M').Append(Number(X(index))).Append(' ').Append(Number(Y(value)));
            joined = true;
        }

        if (path.Length > 0)
            _html.Append("<path class=\"line\" d=\"").Append(path).Append("\"/>\n");
    }

    private void Mark(int index, MetricMeasurement measurement)
    {
        string x = Number(X(index));
        string title = $"{index + 1} of {_slots}, {measurement.At.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture)}: {MetricText.Of(measurement, _metric.Unit)}, {MetricText.Word(measurement.Outcome)}";
        double y = measurement.Value is { } value ? Y(value) : Height - Bottom - 8;
        int size = _slots > Dense ? 2 : 4;
        switch (measurement.Outcome)
        {
            case MeasurementOutcome.Pass:
                _html.Append("<circle class=\"p\" cx=\"").Append(x).Append("\" cy=\"").Append(Number(y)).Append("\" r=\"").Append(Number(size - 0.5)).Append("\">");
                break;
            case MeasurementOutcome.Fail:
                _html.Append("<path class=\"f\" transform=\"translate(").Append(x).Append(' ').Append(Number(y)).Append(")\" d=\"M-").Append(size).Append(" -").Append(size).Append('L').Append(size).Append(' ').Append(size).Append("M-").Append(size).Append(' ').Append(size).Append('L').Append(size).Append(" -").Append(size).Append("\">");
                break;
            default:
                _html.Append("<text class=\"n\" x=\"").Append(x).Append("\" y=\"").Append(Number(y)).Append("\">").Append(measurement.Outcome == MeasurementOutcome.Error ? '!' : '?');
                break;
        }

        _html.Append("<title>").Text(title).Append("</title>").Append(measurement.Outcome switch { MeasurementOutcome.Pass => "</circle>", MeasurementOutcome.Fail => "</path>", _ => "</text>" }).Append('\n');
    }

    private double X(int index) => Left + 10 + (_slots == 1 ? 0.5 : index / (double)(_slots - 1)) * (Width - Left - Right - 20);

    private double Y(double value) => Top + (1 - Math.Clamp((Drawable(value) - _low) / (_high - _low), 0, 1)) * (Height - Top - Bottom);

    /// <summary>Far from where a difference of two values is no number any more.</summary>
    private static double Drawable(double value) => Math.Clamp(value, -1e300, 1e300);

    /// <summary>1, 2 or 5 times a power of ten.</summary>
    private static double Step(double rough)
    {
        double power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return (rough / power) switch { <= 1 => power, <= 2 => 2 * power, <= 5 => 5 * power, _ => 10 * power };
    }

    private static string Number(double value) => value.ToString("0.##", CultureInfo.InvariantCulture);
}
