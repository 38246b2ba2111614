using System.Runtime.InteropServices;

namespace Pipelines.Core.Cli.Session;

/// <summary>Ctrl-C and SIGTERM: the first asks what runs to end, the second ends it at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _force = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _tell;
    private readonly string _first;
    private int _count;

    /// <param name="tell">Says what is done about the signal.</param>
    /// <param name="first">What is done about the first one.</param>
    public Interrupts(Action<string> tell, string first)
    {
        _tell = tell;
        _first = first;
        foreach (PosixSignal signal in new[] { PosixSignal.SIGINT, PosixSignal.SIGTERM, PosixSignal.SIGQUIT, PosixSignal.SIGHUP })
            _registrations.Add(PosixSignalRegistration.Create(signal, OnSignal));
    }

    public CancellationToken Cancel => _cancel.Token;

    public CancellationToken Force => _force.Token;

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in _registrations)
            registration.Dispose();
        _cancel.Dispose();
        _force.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        context.Cancel = true;
        int count = Interlocked.Increment(ref _count);
        if (count == 1)
        {
            _tell($"{context.Signal}: {_first}. Once more to end at once.");
            _cancel.Cancel();
        }
        else if (count == 2)
        {
            _tell($"{context.Signal}: ending at once.");
            _cancel.Cancel();
            _force.Cancel();
        }
    }
}
