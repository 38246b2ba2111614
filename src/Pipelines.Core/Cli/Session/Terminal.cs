using Pipelines.Core.Model;
using Pipelines.Core.Reporting;

namespace Pipelines.Core.Cli.Session;

/// <summary>The person at the terminal, asked one thing at a time.</summary>
internal sealed class Terminal : ITerminal
{
    private readonly AppEnvironment _environment;
    private readonly ITextMasker _masker;
    private readonly IPausableConsole? _console;
    private readonly Task[] _last = [Task.CompletedTask];
    private Task<string?>? _reading;
    private volatile bool _isAsked;

    private Terminal(AppEnvironment environment, ITextMasker masker, IPausableConsole? console)
    {
        _environment = environment;
        _masker = masker;
        _console = console;
    }

    public string User => _environment.User;

    /// <summary>The terminal of this process; null where nobody sits there.</summary>
    public static Terminal? Of(AppEnvironment environment, ITextMasker masker, IEnumerable<IRunObserver> watching) =>
        environment.Input is null ? null : new Terminal(environment, masker, watching.OfType<IPausableConsole>().FirstOrDefault());

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
            return await ReadAsync(text, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            // One that gave up while another was asked lets nobody pass that other one.
            _ = before.ContinueWith(_ => done.SetResult(), CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private async Task<string?> ReadAsync(string text, CancellationToken cancellationToken)
    {
        if (_reading is { IsCompleted: true } late && !(late.IsCompletedSuccessfully && await late.ConfigureAwait(false) is null))
            _reading = null; // an answer to an earlier question, which nobody waited for any more
        await SayAsync(_masker.Mask(text)).ConfigureAwait(false);
        _isAsked = true;
        try
        {
            // A read of a terminal cannot be taken back: one that still waits reads the answer to this question.
            _reading ??= Task.Run(ReadLine, CancellationToken.None);
            string? answer = await _reading.WaitAsync(cancellationToken).ConfigureAwait(false);
            if (answer is null)
                await SayAsync("\n").ConfigureAwait(false); // the input has ended, and stays so
            else
                _reading = null;
            return answer;
        }
        catch (OperationCanceledException)
        {
            await SayAsync("\n").ConfigureAwait(false); // what is written next does not stand behind the question
            throw;
        }
        finally
        {
            _isAsked = false;
        }
    }

    /// <summary>What is typed while nobody is asked is no answer to a question that was not on the screen.</summary>
    private string? ReadLine()
    {
        while (true)
        {
            string? line = _environment.Input!().ReadLine();
            if (line is null || _isAsked)
                return line;
        }
    }

    private async Task SayAsync(string text)
    {
        await _environment.Output.WriteAsync(text).ConfigureAwait(false);
        await _environment.Output.FlushAsync().ConfigureAwait(false);
    }
}
