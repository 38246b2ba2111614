namespace Pipelines.Sandbox;

/// <summary>What the sandbox's Prometheus answers. It evaluates no PromQL: it knows the usual queries by their words, and takes scripts for the others.</summary>
public sealed class SandboxMetrics
{
    private readonly Lock _lock = new();
    private readonly List<Scripted> _scripts = [];
    private SandboxMetricsState _state;
    private int _answers;

    internal SandboxMetrics() { }

    /// <summary>How it answers what no script is for.</summary>
    /// <value>healthy, or what the sandbox's faults say</value>
    public SandboxMetricsState State
    {
        get
        {
            lock (_lock)
                return _state;
        }

        set
        {
            lock (_lock)
                _state = value;
        }
    }

    /// <summary>Gives queries their values, one after the other; the last one stays.</summary>
    /// <param name="query">A part of the query, such as <c>queue_length</c>. The latest script that fits is taken.</param>
    /// <param name="values">The values; NaN and infinities are sent as Prometheus writes them.</param>
    /// <exception cref="ArgumentException">There is no value.</exception>
    public void Script(string query, params IReadOnlyList<double> values)
    {
        ArgumentException.ThrowIfNullOrEmpty(query);
        ArgumentNullException.ThrowIfNull(values);
        if (values.Count == 0)
            throw new ArgumentException("A script needs at least one value; for none set State to Empty.", nameof(values));
        lock (_lock)
            _scripts.Insert(0, new Scripted(query, [.. values]));
    }

    /// <summary>The value of a query; null for no series.</summary>
    internal double? Answer(string query, bool isPast)
    {
        lock (_lock)
        {
            if (_scripts.Find(script => query.Contains(script.Query, StringComparison.Ordinal)) is { } found)
                return isPast ? found.Values[0] : found.Values[Math.Min(found.Next++, found.Values.Length - 1)];
            return _state switch
            {
                SandboxMetricsState.Empty => null,
                SandboxMetricsState.NotANumber => double.NaN,
                SandboxMetricsState.Degraded when !isPast => Usual(query, (0.82, 1.9, 3)),
                _ => Usual(query, (0.9995, 0.085, 0)),
            };
        }
    }

    private double Usual(string query, (double SuccessRate, double Latency, double Restarts) values)
    {
        double drift = Math.Sin(_answers++) * 0.0004; // a line that moves a little, as a real one does
        return query.Contains("histogram_quantile", StringComparison.Ordinal) ? values.Latency + drift * 10
            : query.Contains("restarts", StringComparison.Ordinal) ? values.Restarts
            : query.Contains('/', StringComparison.Ordinal) ? values.SuccessRate + drift
            : 1;
    }

    private sealed class Scripted(string query, double[] values)
    {
        public string Query => query;

        public double[] Values => values;

        public int Next { get; set; }
    }
}
