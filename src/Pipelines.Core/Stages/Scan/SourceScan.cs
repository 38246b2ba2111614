using System.Collections.Concurrent;

namespace Pipelines.Core.Stages.Scan;

/// <summary>Scans the tracked files: each is read once, in parallel.</summary>
internal sealed class SourceScan
{
    private readonly ConcurrentBag<SourceFinding> _findings = [];
    private readonly ConcurrentBag<string> _workflows = [];
    private readonly ConcurrentBag<(string File, IReadOnlyList<SourceFinding> Findings)> _scripts = [];
    private readonly ConcurrentBag<string> _large = [];
    private int _files;
    private int _binaries;
    private long _bytes;

    /// <summary>How many files were read as text.</summary>
    public int Files => _files;

    public long Bytes => _bytes;

    public int Binaries => _binaries;

    /// <summary>The files that are larger than 1 MB, and were skipped.</summary>
    public IReadOnlyList<string> Large => [.. _large.Order(StringComparer.Ordinal)];

    public async Task<IReadOnlyList<SourceFinding>> RunAsync(string directory, IReadOnlyList<string> files, CancellationToken cancellationToken)
    {
        await Parallel.ForEachAsync(files, cancellationToken, (file, _) =>
        {
            Scan(directory, file);
            return ValueTask.CompletedTask;
        }).ConfigureAwait(false);

        // A script counts where a workflow calls it: what it prints goes into the log of CI.
        foreach ((string file, IReadOnlyList<SourceFinding> findings) in _scripts)
            if (_workflows.Any(text => text.Contains(Path.GetFileName(file), StringComparison.Ordinal)))
                Add(findings);
        return [.. _findings];
    }

    private void Scan(string directory, string file)
    {
        byte[] bytes;
        try
        {
            string path = Path.Combine(directory, file);
            if (new FileInfo(path).Length > SourceFile.MaxBytes)
            {
                _large.Add(file);
                return;
            }

            bytes = File.ReadAllBytes(path);
        }
        catch (Exception exception) when (exception is FileNotFoundException or DirectoryNotFoundException)
        {
            return; // tracked, but taken away in the working tree
        }

        if (SourceFile.Decode(bytes) is not { } text)
        {
            Interlocked.Increment(ref _binaries);
            return;
        }

        Interlocked.Increment(ref _files);
        Interlocked.Add(ref _bytes, bytes.Length);
        Add(SourceText.Find(text, file));
        WorkflowKind kind = WorkflowFile.KindOf(file);
        if (kind == WorkflowKind.Script)
        {
            if (WorkflowScan.Find(text, file, kind) is { Count: > 0 } findings)
                _scripts.Add((file, findings));
        }
        else if (kind != WorkflowKind.None)
        {
            _workflows.Add(text);
            Add(WorkflowScan.Find(text, file, kind));
        }
    }

    private void Add(IEnumerable<SourceFinding> findings)
    {
        foreach (SourceFinding finding in findings)
            _findings.Add(finding);
    }
}
