namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>How a run of the pipeline ended.</summary>
/// <param name="ExitCode">Its exit code.</param>
/// <param name="Console">What it printed.</param>
/// <param name="Folder">Its run folder.</param>
internal sealed record PipelineEnd(int ExitCode, string Console, string? Folder)
{
    /// <summary>A report of the run.</summary>
    public string Report(string name) => File.ReadAllText(Path.Combine(Folder!, name));
}
