using Pipelines.Core.Tools.Python;

namespace Pipelines.Core.Stages.Test;

/// <summary>Runs a checker of Python code: as a module of the service's Python where it has it, else as a program of the PATH.</summary>
internal static class PythonCheck
{
    public static async Task<Unit> RunAsync(string tool, string path, IReadOnlyList<string> arguments, string advice, StageContext context, CancellationToken cancellationToken)
    {
        if (!Path.Exists(Path.GetFullPath(path, context.Run.Directory)))
            throw new InvalidUsageException($"{tool} has nothing to check: '{path}' does not exist.", $"  {Path.GetFullPath(path, context.Run.Directory)}", "Give the stage a folder or file, from the service's root.");
        PythonInterpreter python = await PythonInterpreter.FindAsync(context, [tool], cancellationToken).ConfigureAwait(false);
        Command command = (python.Modules.Contains(tool) ? python.Command("-m", tool) : new Command(tool).WithEnvironment("PYTHONDONTWRITEBYTECODE", "1"))
            .WithArguments([.. arguments, path]).WithInstallHint($"{python.Program} -m pip install {tool}").AllowExitCodes(0, 1);
        CommandResult ended = await command.RunAsync(context, cancellationToken).ConfigureAwait(false);
        if (ended.Succeeded)
            return Unit.Value;
        string[] findings = [.. (ended.Output + "\n" + ended.ErrorOutput).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd('\r'))];
        throw new CodeCheckFailedException(tool, path, findings, advice);
    }
}
