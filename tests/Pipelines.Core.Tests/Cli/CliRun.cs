using Pipelines.Core.Cli;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Hosts;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Cli;

/// <summary>The whole command line in process, in a folder of its own.</summary>
internal sealed class CliRun : IDisposable
{
    public CliRun() { }

    /// <summary>In the folder of another one.</summary>
    public CliRun(TemporaryDirectory folder) => Folder = folder;

    public TemporaryDirectory Folder { get; } = new();

    public JournalWatch? JournalWatch { get; set; }

    public Dictionary<string, string> Variables { get; } = [];

    public bool IsTerminal { get; init; }

    public TimeProvider Time { get; set; } = TimeProvider.System;

    /// <summary>What the person at the terminal types; null where nobody sits there.</summary>
    public string? Typed { get; set; }

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public string RunFolder => Directory.GetDirectories(Path.Combine(Folder.Path, ".pipelines", "runs")).Single();

    public Task<int> RunAsync(PipelinePlan plan, params string[] arguments) => RunAsync(new PlanTemplate(plan), arguments);

    public async Task<int> RunAsync(PipelineTemplate template, params string[] arguments)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        using StringReader? typed = Typed is null ? null : new StringReader(Typed);
        int exitCode = await Application.RunAsync(template, arguments, new AppEnvironment
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Variables = HostEnvironment.Of(Variables),
            CurrentDirectory = Folder.Path,
            BaseDirectory = Folder.Path,
            IsTerminal = IsTerminal,
            Input = typed is null ? null : () => typed,
            JournalWatch = JournalWatch,
            Time = Time,
        });
        Output = output.ToString();
        Error = error.ToString();
        return exitCode;
    }

    public void Dispose() => Folder.Dispose();
}
