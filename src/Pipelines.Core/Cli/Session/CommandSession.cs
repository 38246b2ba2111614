using System.Security.Cryptography;
using Pipelines.Core.Cli.Settings;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Session;

/// <summary>What a command needs that talks to the manifest repository but is no run: it locks no checkout, so that it works beside one.</summary>
internal sealed class CommandSession : IAsyncDisposable
{
    private readonly SecretResolver _secrets;
    private readonly string _folder;

    private CommandSession(StageContext context, TemplateContext template, SecretResolver secrets, string folder)
    {
        Context = context;
        Template = template;
        _secrets = secrets;
        _folder = folder;
    }

    public StageContext Context { get; }

    public TemplateContext Template { get; }

    public static CommandSession Open(Invocation invocation, string command)
    {
        AppEnvironment environment = invocation.Environment;
        var masker = new SecretMasker(invocation.Template.Name);
        SecretResolver secrets = invocation.Mode == RunMode.Sandbox
            ? SecretStores.Sandbox(masker, new Dictionary<string, string>(), environment.Time)
            : SecretStores.Live(masker, environment.Variables.All, invocation.Directory, environment.Time);
        string folder = Directory.CreateTempSubdirectory("pipelines-command-").FullName;
        var template = new TemplateContext(invocation.Complete)
        {
            Settings = Application.LoadSettings(invocation, check: true),
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            Host = invocation.Host,
            WillRun = false,
            RunDirectory = folder,
            SandboxFaults = [],
            Secrets = secrets,
            Time = environment.Time,
            Warn = text => environment.Error.WriteLine("warning: " + masker.Mask(text)),
        };
        var run = new RunInfo
        {
            Id = command + "-" + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(4)),
            Pipeline = invocation.Template.Name,
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            RunDirectory = folder,
            Host = invocation.Host.Name,
            IsCi = invocation.Host.IsCi,
            BuildUrl = invocation.Host.BuildUrl,
            PullRequest = invocation.Host.PullRequest,
            Actor = invocation.Host.Actor,
        };
        return new CommandSession(new StageContext(command, run, new Reporter(environment, masker), secrets, environment.Time), template, secrets, folder);
    }

    /// <exception cref="InvalidUsageException">The pipeline has none.</exception>
    public async Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(PipelineTemplate template, string command, CancellationToken cancellationToken)
    {
        IReadOnlyList<DeploymentEnvironment> environments = await template.EnvironmentsAsync(Template, cancellationToken).ConfigureAwait(false);
        return environments.Count > 0
            ? environments
            : throw new InvalidUsageException($"The pipeline '{template.Name}' names no environments, so there is nothing to {command}.", null, "Use a template that has environments, such as DeployPipeline, or override PipelineTemplate.EnvironmentsAsync.");
    }

    public async ValueTask DisposeAsync()
    {
        await _secrets.DisposeAsync().ConfigureAwait(false);
        Directory.Delete(_folder, recursive: true);
    }

    /// <summary>Warnings and errors go to the error output; what a command has to say it prints itself.</summary>
    private sealed class Reporter(AppEnvironment environment, SecretMasker masker) : IStageReporter
    {
        public void Log(LogLevel level, string message)
        {
            if (level is LogLevel.Warning or LogLevel.Error)
                environment.Error.WriteLine($"{(level == LogLevel.Error ? "error" : "warning")}: {masker.Mask(message)}");
        }

        public void Report(StageReport report) { }
    }
}
