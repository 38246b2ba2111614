namespace Pipelines.Core.Tools.Python;

/// <summary>The Python that runs a service's tests, and which of the asked-for modules it has.</summary>
/// <remarks>The service's own <c>.venv</c> or <c>venv</c> comes first, then the PATH, where an active virtual environment stands in front.</remarks>
internal sealed record PythonInterpreter(string Program, string Version, IReadOnlySet<string> Modules)
{
    public const string InstallHint = "Python 3.8 or later: apt-get install python3, or https://www.python.org/downloads/";

    private const string Probe = "import sys, importlib.util as u\nprint('%d.%d.%d' % sys.version_info[:3])\nfor m in sys.argv[1:]:\n    print(m if u.find_spec(m) else '')";

    public static async Task<PythonInterpreter> FindAsync(StageContext context, IReadOnlyList<string> modules, CancellationToken cancellationToken)
    {
        foreach (string program in Candidates(context.Run.Directory))
        {
            try
            {
                Command command = new Command(program, ["-c", Probe, .. modules]).WithEnvironment("PYTHONDONTWRITEBYTECODE", "1").AllowAnyExitCode().Quiet();
                CommandResult result = await ProcessRunner.RunAsync(command, context.Run.Directory, null, context.Secrets, context.Time, cancellationToken, context.ForceToken).ConfigureAwait(false);
                string[] lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
                if (result.Succeeded && lines.Length > 0) // Python 2 and the stub of the Windows store end otherwise
                    return new PythonInterpreter(program, lines[0], lines.Skip(1).ToHashSet(StringComparer.Ordinal));
            }
            catch (ToolNotFoundException)
            {
                // the next one, then
            }
        }

        throw new ToolNotFoundException("python3", InstallHint);
    }

    /// <summary>A Python command that leaves no compiled files in the checkout.</summary>
    public Command Command(params IReadOnlyList<string> arguments) =>
        new Command(Program, arguments).WithEnvironment("PYTHONDONTWRITEBYTECODE", "1").WithEnvironment("PYTHONUNBUFFERED", "1").WithInstallHint(InstallHint);

    private static IEnumerable<string> Candidates(string directory)
    {
        foreach (string folder in (string[])[".venv", "venv"])
            foreach (string program in (string[])["bin/python", "Scripts/python.exe"])
                if (File.Exists(Path.Combine(directory, folder, program)))
                    yield return Path.Combine(directory, folder, program);
        yield return "python3";
        yield return "python";
        yield return "py";
    }
}
