namespace Pipelines.Core.Tools;

/// <summary>Finds a program the way a shell does: by PATH, never in the current folder.</summary>
internal static class ProgramPath
{
    public static string? Find(string program, string workingDirectory, IDictionary<string, string?> environment)
    {
        if (program.Contains('/', StringComparison.Ordinal) || program.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal))
            return Candidates(Path.GetFullPath(program, workingDirectory), environment).FirstOrDefault(IsExecutable);

        if (!environment.TryGetValue("PATH", out string? path) || string.IsNullOrEmpty(path))
            return null;
        foreach (string folder in path.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
        {
            if (!Path.IsPathRooted(folder))
                continue; // a relative entry would run what lies in a checkout
            foreach (string candidate in Candidates(Path.Combine(folder, program), environment))
                if (IsExecutable(candidate))
                    return candidate;
        }

        return null;
    }

    private static IEnumerable<string> Candidates(string path, IDictionary<string, string?> environment)
    {
        yield return path;
        if (!OperatingSystem.IsWindows())
            yield break;
        string extensions = environment.TryGetValue("PATHEXT", out string? value) && value is not null ? value : ".EXE;.CMD;.BAT";
        foreach (string extension in extensions.Split(';', StringSplitOptions.RemoveEmptyEntries))
            yield return path + extension;
    }

    private static bool IsExecutable(string path)
    {
        if (!File.Exists(path))
            return false;
        return OperatingSystem.IsWindows()
            ? Path.HasExtension(path)
            : (File.GetUnixFileMode(path) & (UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute)) != 0;
    }
}
