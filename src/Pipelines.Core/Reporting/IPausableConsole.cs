namespace Pipelines.Core.Reporting;

/// <summary>A console that draws, and makes room when a person is asked something.</summary>
internal interface IPausableConsole
{
    /// <summary>Takes the drawing off the screen until the result is disposed.</summary>
    Task<IDisposable> PauseAsync();
}
