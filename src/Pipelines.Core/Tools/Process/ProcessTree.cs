using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;

namespace Pipelines.Core.Tools;

/// <summary>A process and everything it started.</summary>
/// <remarks>On Linux the tree is read from <c>/proc</c>: by parents, and by the cookie in each environment, which finds children whose parent is gone. Elsewhere the runtime's own tree walk is used.</remarks>
internal sealed partial class ProcessTree(Process root, string cookie)
{
    private const int SigTerm = 15;
    private const int SigKill = 9;
    private static readonly TimeSpan CheckInterval = TimeSpan.FromMilliseconds(25);

    /// <summary>Whether the process and all it started have ended, as far as this system tells; false where it does not.</summary>
    public bool IsGone => OperatingSystem.IsLinux() && Members().Count == 0;

    /// <summary>Asks everything to end, waits, and kills what is left.</summary>
    public async Task EndAsync(TimeSpan gracePeriod, TimeProvider time, CancellationToken forceToken)
    {
        if (OperatingSystem.IsWindows())
        {
            Kill();
            await root.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
            return;
        }

        Signal(SigTerm);
        using var grace = new CancellationTokenSource(gracePeriod, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, forceToken);
        try
        {
            await root.WaitForExitAsync(end.Token).ConfigureAwait(false);
            while (OperatingSystem.IsLinux() && Members().Count > 0) // children that outlive their parent are no children of ours: nothing tells when they end
                await Task.Delay(CheckInterval, TimeProvider.System, end.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            Kill();
            await root.WaitForExitAsync(CancellationToken.None).ConfigureAwait(false);
        }
    }

    private void Kill()
    {
        if (OperatingSystem.IsLinux())
            Signal(SigKill);
        try
        {
            root.Kill(entireProcessTree: true);
        }
        catch (InvalidOperationException)
        {
            // It has ended meanwhile.
        }
    }

    private void Signal(int signal)
    {
        if (!OperatingSystem.IsLinux())
        {
            _ = SendSignal(root.Id, signal);
            return;
        }

        foreach (int member in Members())
            _ = SendSignal(member, signal); // one that has ended meanwhile is what we wanted
    }

    /// <summary>The living members, children first.</summary>
    private List<int> Members()
    {
        var parents = new Dictionary<int, int>();
        var marked = new HashSet<int>();
        foreach (string folder in Directory.EnumerateDirectories("/proc"))
        {
            if (!int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int id))
                continue;
            try
            {
                string stat = File.ReadAllText($"/proc/{id}/stat");
                string[] fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' '); // after "pid (name) ": state ppid …, see proc(5)
                if (fields[0] is "Z" or "X")
                    continue;
                parents[id] = int.Parse(fields[1], CultureInfo.InvariantCulture);
                if (id == root.Id || HasCookie(id))
                    marked.Add(id);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                // It has ended meanwhile, or belongs to somebody else.
            }
        }

        bool grew = true;
        while (grew)
        {
            grew = false;
            foreach ((int id, int parent) in parents)
                grew |= marked.Contains(parent) && marked.Add(id);
        }

        return [.. marked.Where(parents.ContainsKey).OrderDescending()];
    }

    private bool HasCookie(int id) => File.ReadAllText($"/proc/{id}/environ").Contains($"{ProcessRunner.CookieVariable}={cookie}", StringComparison.Ordinal);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SendSignal(int processId, int signal);
}
