namespace Pipelines.Core;

/// <summary>Sees every event of a run, in order, one at a time. None can fail the run: an observer that throws is told of in a warning and hears nothing more.</summary>
public interface IRunObserver
{
    /// <summary>Takes one event. Called under a lock: hand anything slow to a queue of your own.</summary>
    /// <param name="runEvent">The event.</param>
    void OnEvent(RunEvent runEvent);

    /// <summary>Finishes what is queued, after the last event.</summary>
    /// <param name="cancellationToken">Cancelled when the run will wait no longer.</param>
    Task CompleteAsync(CancellationToken cancellationToken);
}
