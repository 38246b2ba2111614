using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>Hands every event to every observer, in order, one at a time. An observer that throws is left out from then on.</summary>
internal sealed class EventHub(IReadOnlyList<IRunObserver> observers, ITextMasker masker, TimeProvider time)
{
    private readonly Lock _lock = new();
    private readonly IRunObserver?[] _observers = [.. observers];
    private readonly Queue<RunEvent> _queue = new();
    private bool _isDelivering;

    public ITextMasker Masker => masker;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <param name="runEvent">The event.</param>
    /// <param name="from">Whose word it is: what a stage says after its end is not heard.</param>
    public void Publish(RunEvent runEvent, StageReporter? from = null)
    {
        if (_observers.Length == 0)
            return;
        lock (_lock)
        {
            if (from is { IsClosed: true })
                return;
            _queue.Enqueue(runEvent);
            if (_isDelivering) // published by an observer: it comes after the event that everybody is being told of
                return;
            _isDelivering = true;
            while (_queue.TryDequeue(out RunEvent? next))
                Deliver(next);
            _isDelivering = false;
        }
    }

    /// <summary>From now on nothing is heard of the stage.</summary>
    public void Close(StageReporter reporter)
    {
        lock (_lock)
            reporter.IsClosed = true;
    }

    public void Warn(string text) => Publish(new RunEvent.RunWarning(Now, masker.Mask(text)));

    /// <summary>Lets every observer finish. Events may still be published by their warnings.</summary>
    public async Task CompleteAsync(CancellationToken cancellationToken)
    {
        for (int index = _observers.Length - 1; index >= 0; index--) // the console, first in line, hears the others' warnings
        {
            if (Observer(index) is not { } observer)
                continue;
            try
            {
                await observer.CompleteAsync(cancellationToken).ConfigureAwait(false);
            }
#pragma warning disable CA1031 // no observer may fail the run, whatever it throws
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LeaveOut(index, exception);
            }
        }
    }

    private void Deliver(RunEvent runEvent)
    {
        for (int index = 0; index < _observers.Length; index++)
        {
            try
            {
                _observers[index]?.OnEvent(runEvent);
            }
#pragma warning disable CA1031 // as above
            catch (Exception exception)
#pragma warning restore CA1031
            {
                LeaveOut(index, exception);
            }
        }
    }

    private IRunObserver? Observer(int index)
    {
        lock (_lock)
            return _observers[index];
    }

    private void LeaveOut(int index, Exception exception)
    {
        string name;
        lock (_lock)
        {
            name = _observers[index]!.GetType().Name;
            _observers[index] = null;
        }

        Publish(new RunEvent.RunWarning(Now, $"{name} stopped reporting: {Failures.Of(exception, masker).What}"));
    }
}
