using System.Collections.Concurrent;
using System.Globalization;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>Looks at the command lines of all processes of the machine over and over, as any of its users can.</summary>
internal sealed class CommandLines : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, bool> _seen = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _end = new();
    private readonly Task _looking;

    public CommandLines() => _looking = Task.Factory.StartNew(Look, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    /// <summary>Every command line that was seen.</summary>
    public IReadOnlyCollection<string> Seen => [.. _seen.Keys];

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await _looking;
        _end.Dispose();
    }

    private void Look()
    {
        HashSet<string> kernel = [.. Processes().Where(folder => Read(folder) is "")]; // its threads have no command line
        while (!_end.IsCancellationRequested)
        {
            foreach (string folder in Processes().Where(folder => !kernel.Contains(folder)))
                if (Read(folder) is { Length: > 0 } line)
                    _seen.TryAdd(line, true);
            _end.Token.WaitHandle.WaitOne(TimeSpan.FromMilliseconds(10)); // leave the processor to those who are looked at
        }
    }

    private static IEnumerable<string> Processes() =>
        Directory.EnumerateDirectories("/proc").Where(folder => int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out _));

    private static string? Read(string folder)
    {
        try
        {
            return File.ReadAllText(folder + "/cmdline").Replace('\0', ' ').Trim();
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null; // ended meanwhile
        }
    }
}
