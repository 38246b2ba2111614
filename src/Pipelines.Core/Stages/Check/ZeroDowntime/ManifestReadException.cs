namespace Pipelines.Core;

/// <summary>A manifest or values file cannot be read as YAML.</summary>
public sealed class ManifestReadException : PipelineException
{
    internal ManifestReadException(string what, string file, long? line, string? evidence, string advice, Exception? innerException = null)
        : base(what, $"  {file}{(line is null ? "" : $":{line}")}{(evidence is null ? "" : $": {evidence}")}", advice, innerException)
    {
        File = file;
        Line = line;
    }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The line, from 1; null where it is about the whole file.</summary>
    public long? Line { get; }

    /// <inheritdoc/>
    public override FailureKind Kind => FailureKind.Usage;
}
