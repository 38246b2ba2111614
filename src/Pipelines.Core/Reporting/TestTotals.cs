using System.Collections.Concurrent;

namespace Pipelines.Core.Reporting;

/// <summary>Remembers the test results of a run for the stages that tell people of them.</summary>
internal sealed class TestTotals : IRunObserver
{
    private readonly ConcurrentQueue<TestResults> _results = new();

    public IReadOnlyList<TestResults> Results => [.. _results];

    public void OnEvent(RunEvent runEvent)
    {
        if (runEvent is RunEvent.StageReported { Report: StageReport.Tests tests })
            _results.Enqueue(tests.Results);
    }

    public Task CompleteAsync(CancellationToken cancellationToken) => Task.CompletedTask;
}
