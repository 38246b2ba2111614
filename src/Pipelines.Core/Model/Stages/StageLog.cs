using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>The log of one stage. Lines stay whole and attributable, whatever runs beside it.</summary>
public sealed class StageLog
{
    private readonly IStageReporter _reporter;

    internal StageLog(IStageReporter reporter) => _reporter = reporter;

    /// <summary>Something worth knowing.</summary>
    /// <param name="message">The text; several lines become several entries.</param>
    public void Info(string message) => _reporter.Log(LogLevel.Info, message);

    /// <summary>Something that may need a look, but fails nothing.</summary>
    /// <param name="message">The text.</param>
    public void Warning(string message) => _reporter.Log(LogLevel.Warning, message);

    /// <summary>Something that is wrong. The stage fails only by its exception.</summary>
    /// <param name="message">The text.</param>
    public void Error(string message) => _reporter.Log(LogLevel.Error, message);

    /// <summary>One line of a tool's output.</summary>
    /// <param name="line">The line without its end.</param>
    public void Output(string line) => _reporter.Log(LogLevel.Output, line);

    /// <summary>Where the secret comes from whose whole value is in a text; null where none is.</summary>
    internal string? SourceOfSecretIn(string text) => _reporter.Masker?.SourceOfSecretIn(text);

    /// <summary>What masks a whole stream of output; null where nothing is masked.</summary>
    internal IStreamMasker? OpenStream() => _reporter.Masker?.OpenStream();

    /// <summary>One line of a tool's output that went through <see cref="OpenStream"/>.</summary>
    internal void MaskedOutput(string line) => _reporter.LogMasked(LogLevel.Output, line);
}
