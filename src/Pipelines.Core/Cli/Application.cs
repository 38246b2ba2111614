using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Commands;
using Pipelines.Core.Cli.Commands.Oidc;
using Pipelines.Core.Cli.Settings;
using Pipelines.Core.Hosts;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli;

/// <summary>The composition root: from the arguments to the exit code.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(PipelineTemplate template, string[] args, AppEnvironment environment)
    {
        var masker = new SecretMasker(template.Name);
        try
        {
            CliRequest? request = args.Length == 0 ? CliRequest.Default : new CommandLineParser(template.Name, environment.Output).Parse(args);
            if (request is null)
                return 0; // help was printed
            string[] problems = [.. template.CheckDefinition()];
            if (problems.Length > 0)
                throw new PipelineDefinitionException(template.Name, problems);
            Invocation invocation = Prepare(template, request, environment, masker);
            return request.Command switch
            {
                CliCommand.Plan => await PlanCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Graph => await PlanCommand.DrawAsync(invocation).ConfigureAwait(false),
                CliCommand.Doctor => await DoctorCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Settings => SettingsCommand.Run(invocation),
                CliCommand.Status => await StatusCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.History => await HistoryCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Rollback => await RollbackCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.LockList => await LockCommand.ListAsync(invocation).ConfigureAwait(false),
                CliCommand.LockRelease => await LockCommand.ReleaseAsync(invocation).ConfigureAwait(false),
                CliCommand.Unblock => await RollbackCommand.UnblockAsync(invocation).ConfigureAwait(false),
                CliCommand.Resume => await ResumeCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Runs => RunsCommand.Run(invocation),
                CliCommand.Oidc => await OidcCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Approve => await ApproveCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Promote => await PromoteCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Preview => await PreviewCommand.RunAsync(invocation).ConfigureAwait(false),
                _ => await RunCommand.RunAsync(invocation).ConfigureAwait(false),
            };
        }
        catch (PipelineException exception)
        {
            await environment.Error.WriteLineAsync("error: " + masker.Mask(exception.Message)).ConfigureAwait(false);
            return exception.Kind switch { FailureKind.Usage => 2, FailureKind.MissingPrerequisite => 3, _ => 1 };
        }
        catch (OperationCanceledException exception) when (exception.InnerException is not TimeoutException)
        {
            return 130; // Ctrl-C while a command worked or asked: it was told that it stops
        }
#pragma warning disable CA1031 // left to the runtime, it would be printed as it is: with whatever secret its message, or an inner one's, holds
        catch (Exception exception)
#pragma warning restore CA1031
        {
            await environment.Error.WriteLineAsync("error: unexpected, please report it: " + masker.Mask(exception.ToString())).ConfigureAwait(false);
            return 1;
        }
    }

    private static Invocation Prepare(PipelineTemplate template, CliRequest request, AppEnvironment environment, SecretMasker masker)
    {
        var host = CiHost.Detect(environment.Variables);
        masker.Announce = value => Announce(host, environment, value);
        return new Invocation
        {
            Template = template,
            Request = request,
            Environment = environment,
            Masker = masker,
            Host = host,
            Mode = request.Mode ?? (host.IsCi ? RunMode.Live : RunMode.Sandbox),
            Directory = ServiceDirectory.Find(request.Directory, environment.CurrentDirectory, environment.BaseDirectory),
        };
    }

    /// <summary>Tells the host of a secret before anything can print it: <see cref="SecretMasker.Add"/> returns after this.</summary>
    private static void Announce(CiHost host, AppEnvironment environment, string value)
    {
        if (host.AddMask(value) is { } line)
            environment.Output.WriteLine(line);
    }

    /// <summary>The settings, for commands that print rather than run.</summary>
    public static EffectiveSettings LoadSettings(Invocation invocation, bool check)
    {
        PipelineTemplate template = invocation.Template;
        if (template.Schema.Settings.Count == 0)
        {
            return invocation.Request.Assignments.Count == 0
                ? new EffectiveSettings([])
                : throw new InvalidUsageException($"--set: the pipeline '{template.Name}' has no settings.", null, "Take --set away, or use a template that has settings, such as DeployPipeline.");
        }

        return SettingsLoader.Load(
            template.Schema,
            template.Defaults,
            invocation.Directory,
            invocation.Environment.Variables.All,
            invocation.Request.Assignments,
            check ? settings => template.Check(settings, invocation.Mode) : null,
            invocation.Mode == RunMode.Live && invocation.Request.Mode is null
                ? $"This run is live because it is on a CI system ({invocation.Host.Name}); --sandbox runs it against stand-ins on loopback instead."
                : null);
    }
}
