using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Checks the order of Python imports with isort. Changes nothing.</summary>
/// <param name="Path">The folder or file, from the service's root, such as <c>src/</c>.</param>
public sealed record Isort(string Path) : IStage<Unit>, IDescribedStage
{
    /// <summary>More arguments.</summary>
    /// <value>none: the service's own settings count</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"isort {Path}";

    /// <inheritdoc/>
    /// <exception cref="CodeCheckFailedException">It found something.</exception>
    /// <exception cref="CommandFailedException">isort itself failed.</exception>
    /// <exception cref="ToolNotFoundException">isort or Python is missing.</exception>
    public Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PythonCheck.RunAsync("isort", Path, ["--check-only", "--diff", .. Arguments], $"Run 'isort {Path}' and commit the result.", context, cancellationToken);
    }
}
