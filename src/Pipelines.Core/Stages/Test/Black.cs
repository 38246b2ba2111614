using Pipelines.Core.Stages.Test;

namespace Pipelines.Core;

/// <summary>Checks the format of Python code with black. Changes nothing.</summary>
/// <param name="Path">The folder or file, from the service's root, such as <c>src/</c>.</param>
public sealed record Black(string Path) : IStage<Unit>, IDescribedStage
{
    /// <summary>More arguments.</summary>
    /// <value>none: the service's own settings count</value>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"black {Path}";

    /// <inheritdoc/>
    /// <exception cref="CodeCheckFailedException">It found something.</exception>
    /// <exception cref="CommandFailedException">black itself failed.</exception>
    /// <exception cref="ToolNotFoundException">black or Python is missing.</exception>
    public Task<Unit> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        return PythonCheck.RunAsync("black", Path, ["--check", "--diff", "--quiet", .. Arguments], $"Run 'black {Path}' and commit the result.", context, cancellationToken);
    }
}
