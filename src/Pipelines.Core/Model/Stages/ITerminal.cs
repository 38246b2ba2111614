namespace Pipelines.Core.Model;

/// <summary>The person at the terminal of a run. Who draws there is asked to make room first.</summary>
internal interface ITerminal
{
    /// <summary>The account that the machine says this is.</summary>
    string User { get; }

    /// <summary>Shows a text and reads one line.</summary>
    /// <returns>The line; null where the input has ended.</returns>
    Task<string?> AskAsync(string text, CancellationToken cancellationToken);
}
