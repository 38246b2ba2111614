namespace Pipelines.Core.Stages.Test;

/// <summary>Counts tests up to <see cref="TestResults"/>.</summary>
internal sealed class TestTally
{
    private readonly List<TestFailure> _failures = [];
    private int _passed;
    private int _skipped;
    private TimeSpan _duration;

    public void Passed(TimeSpan duration)
    {
        _passed++;
        _duration += duration;
    }

    public void Skipped() => _skipped++;

    public void Failed(TestFailure failure, TimeSpan duration)
    {
        _failures.Add(failure);
        _duration += duration;
    }

    public TestResults ToResults() => new(_passed, _failures.Count, _skipped, _duration, [.. _failures]);
}
