namespace Pipelines.Core.Tools.Git;

/// <summary>How every git process is started: in English, without prompts, hooks and signing, and deaf to the variables that a hook or another git left.</summary>
internal static class GitCommand
{
    private const string InstallHint = "apt-get install git, brew install git, winget install Git.Git, or https://git-scm.com/downloads";

    public static string NullDevice { get; } = OperatingSystem.IsWindows() ? "NUL" : "/dev/null";

    public static Command Create(params IReadOnlyList<string> arguments)
    {
        var command = new Command("git", ["-c", $"core.hooksPath={NullDevice}", "-c", "commit.gpgSign=false", "-c", "gc.auto=0", "-c", "maintenance.auto=false", .. arguments]);
        foreach (string variable in (string[])["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE", "GIT_PREFIX"])
            command = command.WithoutEnvironment(variable);
        return command
            .WithEnvironment("LC_ALL", "C")
            .WithEnvironment("GIT_TERMINAL_PROMPT", "0")
            .WithInstallHint(InstallHint)
            .AllowAnyExitCode()
            .Quiet();
    }
}
