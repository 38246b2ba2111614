namespace Pipelines.Core.Tools.Kubectl;

/// <summary>Typed kubectl commands.</summary>
internal sealed class Kubectl(StageContext context, string program = Kubectl.Program, string? kubeContext = null)
{
    public const string Program = "kubectl";
    public const string InstallHint = "https://kubernetes.io/docs/tasks/tools/";

    /// <summary>Renders a kustomization. It asks no cluster.</summary>
    /// <exception cref="ToolNotFoundException">kubectl is not installed.</exception>
    /// <exception cref="CommandFailedException">The kustomization cannot be rendered.</exception>
    public async Task<string> KustomizeAsync(string directory, CancellationToken cancellationToken)
    {
        CommandResult result = await new Command(program, "kustomize", directory).WithInstallHint(InstallHint).WithTimeout(TimeSpan.FromMinutes(2)).Quiet().RunAsync(context, cancellationToken).ConfigureAwait(false);
        return result.Output;
    }

    /// <summary>Runs a command against the cluster and leaves its exit code to the caller; -1 where it did not end in time, as with a cluster that does not answer.</summary>
    public async Task<CommandResult> TryAsync(TimeSpan timeout, IReadOnlyList<string> arguments, CancellationToken cancellationToken, string? input = null, bool quiet = true)
    {
        Command command = new Command(program, kubeContext is null ? arguments : ["--context", kubeContext, .. arguments]).WithInstallHint(InstallHint).WithTimeout(timeout).AllowAnyExitCode();
        if (input is not null)
            command = command.WithInput(input);
        try
        {
            return await (quiet ? command.Quiet() : command).RunAsync(context, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandFailedException exception)
        {
            return new CommandResult(-1, "", exception.Message, timeout);
        }
    }
}
