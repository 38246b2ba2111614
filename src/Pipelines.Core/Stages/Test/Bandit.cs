using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Looks for security problems in Python code with bandit.</summary>
/// <param name="Path">The folder or file, from the service's root, such as <c>src/</c>.</param>
public sealed record Bandit(string Path) : IStage<Unit>, IDescribedStage
{
    /// <summary>More arguments.</summary>
    /// <value>none: the service's own settings count</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"bandit {Path}";

    /// <inheritdoc/>
    /// <exception cref="CodeCheckFailedException">It found something.</exception>
    /// <exception cref="CommandFailedException">bandit itself failed.</exception>
    /// <exception cref="ToolNotFoundException">bandit or Python is missing.</exception>
    public Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PythonCheck.RunAsync("bandit", Path, ["-q", "-r", .. Arguments], $"Mend what is named, or mark a line that is safe with '# nosec CODE' and the reason.", context, cancellationToken);
    }
}
