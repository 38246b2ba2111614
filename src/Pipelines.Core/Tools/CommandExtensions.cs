using Pipelines.Core.Tools;

namespace Pipelines.Core;

/// <summary>Running commands from a stage.</summary>
public static class CommandExtensions
{
    /// <summary>Runs the command, with its output line by line in the stage's log.</summary>
    /// <param name="command">The command.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Asks the process to end, then kills it and all it started.</param>
    /// <exception cref="ToolNotFoundException">There is no such program.</exception>
    /// <exception cref="CommandFailedException">Its exit code is not allowed, a signal ended it, or its own time limit was over.</exception>
    public static Task<CommandResult> RunAsync(this Command command, StageContext context, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(command);
        ArgumentNullException.ThrowIfNull(context);
        return ProcessRunner.RunAsync(command, context, cancellationToken);
    }

    /// <summary>Runs a program, with its output line by line in the stage's log.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="program">A name on the PATH, or a path.</param>
    /// <param name="arguments">The arguments.</param>
    /// <param name="cancellationToken">Asks the process to end, then kills it and all it started.</param>
    /// <exception cref="ToolNotFoundException">There is no such program.</exception>
    /// <exception cref="CommandFailedException">It failed.</exception>
    public static Task<CommandResult> RunAsync(this StageContext context, string program, IReadOnlyList<string> arguments, CancellationToken cancellationToken = default) =>
        new Command(program, arguments).RunAsync(context, cancellationToken);
}
