using Pipelines.Core;
using Pipelines.Core.Tools;

namespace Pipelines.Sandbox.Git;

/// <summary>git, cut off from the configuration of the user and of the machine: the sandbox behaves alike everywhere and runs nobody's hooks.</summary>
internal static class SandboxGit
{
    private static readonly string[] s_inherited =
    [
        "GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE",
        "GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT", "GIT_TEMPLATE_DIR", "GIT_QUARANTINE_PATH", "GIT_DEFAULT_HASH",
    ];

    public static async Task<string> RunAsync(string directory, string? input, CancellationToken cancellationToken, params string[] arguments)
    {
        Command command = new Command("git", arguments).Quiet()
            .WithEnvironment("GIT_CONFIG_GLOBAL", "/dev/null").WithEnvironment("GIT_CONFIG_NOSYSTEM", "1").WithEnvironment("GIT_TERMINAL_PROMPT", "0").WithEnvironment("LC_ALL", "C")
            .WithInstallHint("apt-get install git, or https://git-scm.com/downloads");
        foreach (string name in s_inherited)
            command = command.WithoutEnvironment(name);
        if (input is not null)
            command = command.WithInput(input);
        CommandResult result = await ProcessRunner.RunAsync(command, directory, null, TimeProvider.System, cancellationToken).ConfigureAwait(false);
        return result.Output;
    }
}
