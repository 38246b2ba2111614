using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text;
using Pipelines.Core;
using Pipelines.Core.Tools;

namespace Pipelines.Sandbox.Canary;

/// <summary>Watches one run: its processes as they start, the requests of the stand-ins, and at the end its files and its output.</summary>
internal sealed class CanarySession : IDisposable
{
    private static readonly AsyncLocal<CanarySession?> s_current = new();

    private readonly ConcurrentDictionary<string, Sentinel> _sentinels = new(StringComparer.Ordinal);
    private readonly ConcurrentQueue<(string Where, string Text, string[] Given)> _seen = new();
    private readonly ConcurrentDictionary<string, byte> _sampled = new(StringComparer.Ordinal);
    private int _processes;
    private int _requests;

    public CanarySession()
    {
        s_current.Value = this;
        ProcessWatch.Starting += OnProcess;
    }

    /// <summary>The session that the sandbox of this run tells of its secrets; null where no canary sings.</summary>
    public static CanarySession? Current => s_current.Value;

    public IReadOnlyList<string> Names => [.. _sentinels.Values.Select(sentinel => sentinel.Name).Order(StringComparer.Ordinal)];

    public int Processes => Volatile.Read(ref _processes);

    public int Requests => Volatile.Read(ref _requests);

    /// <summary>Watches a secret.</summary>
    /// <param name="name">Which one.</param>
    /// <param name="secret">The secret.</param>
    /// <param name="allowedAt">The stand-in that it is for; null for none.</param>
    public void Watch(string name, Secret secret, string? allowedAt) => _sentinels[secret.Reveal()] = new Sentinel(name, secret.Reveal(), allowedAt);

    /// <summary>A request that a stand-in got: all of it.</summary>
    public void OnRequest(string standIn, string request)
    {
        Interlocked.Increment(ref _requests);
        _seen.Enqueue(($"a request to {standIn}", request, [standIn]));
    }

    /// <summary>The command lines of all processes of this machine at this moment: tools start others, and those are not ours to see start.</summary>
    public void Sample()
    {
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                continue;
            try
            {
                string line = Encoding.UTF8.GetString(File.ReadAllBytes(Path.Combine(folder, "cmdline"))).Replace('\0', ' ');
                if (line.Length > 0 && _sampled.TryAdd(line, 0))
                    _seen.Enqueue(($"the command line of process {Path.GetFileName(folder)}", line, []));
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile.
            }
        }
    }

    /// <summary>All that leaked, in what was seen and in the run's files and output.</summary>
    /// <param name="output">What the run printed.</param>
    /// <param name="files">What it wrote.</param>
    public IReadOnlyList<SecretLeak> Leaks(string output, IEnumerable<string> files)
    {
        var leaks = new List<SecretLeak>();
        Look("the output", output, [], leaks);
        foreach ((string where, string text, string[] given) in _seen)
            Look(where, text, given, leaks);
        foreach (string file in files)
            Look($"the file {file}", Encoding.Latin1.GetString(File.ReadAllBytes(file)), [], leaks);
        return [.. leaks.Distinct()];
    }

    public void Dispose()
    {
        ProcessWatch.Starting -= OnProcess;
        s_current.Value = null;
    }

    private void OnProcess(Command command, ProcessStartInfo start)
    {
        Interlocked.Increment(ref _processes);
        _seen.Enqueue(($"an argument of '{command.Program}'", string.Join(' ', start.ArgumentList), []));
        string[] given = [.. command.Environment.Values.OfType<Secret>().Select(secret => secret.Reveal())];
        foreach ((string name, string? value) in start.Environment)
            if (value is { Length: > 0 })
                _seen.Enqueue(($"the variable {name} of '{command.Program}'", value, given));
    }

    private void Look(string where, string text, string[] given, List<SecretLeak> leaks)
    {
        foreach ((string value, Sentinel sentinel) in _sentinels)
            if (sentinel.FindIn(text) is { } form && !(sentinel.AllowedAt is { } allowed && given.Contains(allowed)) && !given.Contains(value) && !IsGivenWithin(value, given))
                leaks.Add(new SecretLeak(sentinel.Name, form, where));
    }

    // A tool may be given a secret within another, such as a token within a header: then that one was made of it for this very process.
    private static bool IsGivenWithin(string value, string[] given) =>
        given.Any(other => new Sentinel("", value, null).FindIn(other) is not null);
}
