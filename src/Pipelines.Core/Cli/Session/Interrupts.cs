using System.Runtime.InteropServices;

namespace Pipelines.Core.Cli.Session;

/// <summary>Ctrl-C and SIGTERM: the first asks the run to end, the second ends it at once.</summary>
internal sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _cancel = new();
    private readonly CancellationTokenSource _force = new();
    private readonly List<PosixSignalRegistration> _registrations = [];
    private readonly Action<string> _tell;
    private readonly string _then;
    private int _count;

    /// <param name="tell">Says what is done about the signal.</param>
    /// <param name="leaves">Whether what was deployed stays as it is.</param>
    public Interrupts(Action<string> tell, bool leaves)
    {
        _tell = tell;
        _then = leaves ? "what was deployed is left as it is" : "what was deployed and not proven is undone";
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
            _tell($"{context.Signal}: asking the running stages to end; {_then}. Once more to end at once.");
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
