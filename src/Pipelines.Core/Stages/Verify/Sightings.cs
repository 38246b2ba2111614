using System.Globalization;

namespace Pipelines.Core.Stages.Verify;

/// <summary>Each distinct thing that was seen, in the order it was first seen, with how often.</summary>
internal sealed class Sightings
{
    private readonly List<string> _order = [];
    private readonly Dictionary<string, int> _counts = new(StringComparer.Ordinal);

    /// <summary>How many attempts there were.</summary>
    public int Count { get; private set; }

    public IReadOnlyList<string> Entries => [.. _order.Select(text => string.Create(CultureInfo.InvariantCulture, $"{_counts[text]}× {text}"))];

    /// <summary>Notes one; true the first time it is seen.</summary>
    public bool Add(string text)
    {
        Count++;
        bool isNew = !_counts.TryGetValue(text, out int count);
        if (isNew)
            _order.Add(text);
        _counts[text] = count + 1;
        return isNew;
    }

    public int CountOf(string text) => _counts.GetValueOrDefault(text);

    public string Advice(Deployment deployment, SmokeAnswer last) =>
        last.Advice ?? $"Look at the logs of {deployment.Environment.App} in {deployment.Environment.Name}. If it only needs longer to start, raise SmokeTest.Timeout (the setting smoke.timeout).";
}
