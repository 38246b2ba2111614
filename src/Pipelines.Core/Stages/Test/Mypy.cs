using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Checks the types of Python code with mypy.</summary>
/// <param name="Path">The folder or file, from the service's root, such as <c>src/</c>.</param>
public sealed record Mypy(string Path) : IStage<Unit>, IDescribedStage
{
    /// <summary>More arguments.</summary>
    /// <value>none: the service's own settings count</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"mypy {Path}";

    /// <inheritdoc/>
    /// <exception cref="CodeCheckFailedException">It found something.</exception>
    /// <exception cref="CommandFailedException">mypy itself failed.</exception>
    /// <exception cref="ToolNotFoundException">mypy or Python is missing.</exception>
    public Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PythonCheck.RunAsync("mypy", Path, ["--cache-dir", System.IO.Path.Combine(context.Run.RunDirectory, "mypy-cache"), .. Arguments], $"Mend the lines named, or mark one that is right as it is with '# type: ignore[code]'.", context, cancellationToken);
    }
}
