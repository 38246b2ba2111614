using Pipelines.Core.Model;
using Pipelines.Core.Reporting;

namespace Pipelines.Core.Cli.Session;

/// <summary>The person at the terminal, asked one thing at a time.</summary>
internal sealed class Terminal : ITerminal
{
    private readonly AppEnvironment _environment;
    private readonly IPausableConsole? _console;
    private readonly Task[] _last = [Task.CompletedTask];
    private Task<string?>? _reading;

    private Terminal(AppEnvironment environment, IPausableConsole? console)
    {
        _environment = environment;
        _console = console;
    }

    public string User => _environment.User;

    /// <summary>The terminal of this process; null where nobody sits there.</summary>
    public static Terminal? Of(AppEnvironment environment, IEnumerable<IRunObserver> watching) =>
        environment.Input is null ? null : new Terminal(environment, watching.OfType<IPausableConsole>().FirstOrDefault());

    public async Task<string?> AskAsync(string text, CancellationToken cancellationToken)
    {
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        Task before;
        lock (_last)
            (before, _last[0]) = (_last[0], done.Task);
        try
        {
            await before.WaitAsync(cancellationToken).ConfigureAwait(false);
            using IDisposable? pause = _console is null ? null : await _console.PauseAsync().ConfigureAwait(false);
            await _environment.Output.WriteAsync(text.AsMemory(), cancellationToken).ConfigureAwait(false);
            await _environment.Output.FlushAsync(cancellationToken).ConfigureAwait(false);
            // A read of a terminal cannot be taken back: one that nobody waits for any more answers the next question.
            _reading ??= Task.Run(() => _environment.Input!().ReadLine(), CancellationToken.None);
            string? answer = await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            _reading = null;
            return answer;
        }
        finally
        {
            done.SetResult();
        }
    }
}
