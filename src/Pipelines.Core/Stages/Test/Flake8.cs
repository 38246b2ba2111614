using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Checks Python code with flake8.</summary>
/// <param name="Path">The folder or file, from the service's root, such as <c>src/</c>.</param>
public sealed record Flake8(string Path) : IStage<Unit>, IDescribedStage
{
    /// <summary>More arguments.</summary>
    /// <value>none: the service's own settings count</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"flake8 {Path}";

    /// <inheritdoc/>
    /// <exception cref="CodeCheckFailedException">It found something.</exception>
    /// <exception cref="CommandFailedException">flake8 itself failed.</exception>
    /// <exception cref="ToolNotFoundException">flake8 or Python is missing.</exception>
    public Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PythonCheck.RunAsync("flake8", Path, [.. Arguments], $"Mend the lines named, or mark one that is right as it is with '# noqa: CODE'.", context, cancellationToken);
    }
}
