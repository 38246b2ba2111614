using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Commands;
using Pipelines.Core.Cli.Settings;
using Pipelines.Core.Hosts;

namespace Pipelines.Core.Cli;

/// <summary>The composition root: from the arguments to the exit code.</summary>
internal static class Application
{
    public static async Task<int> RunAsync(PipelineTemplate template, string[] args, AppEnvironment environment)
    {
        try
        {
            CliRequest? request = args.Length == 0 ? CliRequest.Default : new CommandLineParser(template.Name, environment.Output).Parse(args);
            if (request is null)
                return 0; // help was printed
            string[] problems = [.. template.CheckDefinition()];
            if (problems.Length > 0)
                throw new PipelineDefinitionException(template.Name, problems);
            Invocation invocation = Prepare(template, request, environment);
            return request.Command switch
            {
                CliCommand.Plan => await PlanCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Graph => await PlanCommand.DrawAsync(invocation).ConfigureAwait(false),
                CliCommand.Doctor => await DoctorCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Settings => SettingsCommand.Run(invocation),
                CliCommand.Approve => await ApproveCommand.RunAsync(invocation).ConfigureAwait(false),
                CliCommand.Promote => await PromoteCommand.RunAsync(invocation).ConfigureAwait(false),
                _ => await RunCommand.RunAsync(invocation).ConfigureAwait(false),
            };
        }
        catch (PipelineException exception)
        {
            await environment.Error.WriteLineAsync($"error: {exception.Message}").ConfigureAwait(false);
            return exception.Kind switch { FailureKind.Usage => 2, FailureKind.MissingPrerequisite => 3, _ => 1 };
        }
    }

    private static Invocation Prepare(PipelineTemplate template, CliRequest request, AppEnvironment environment)
    {
        var host = CiHost.Detect(environment.Variables);
        return new Invocation
        {
            Template = template,
            Request = request,
            Environment = environment,
            Host = host,
            Mode = request.Mode ?? (host.IsCi ? RunMode.Live : RunMode.Sandbox),
            Directory = ServiceDirectory.Find(request.Directory, environment.CurrentDirectory, environment.BaseDirectory),
        };
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
