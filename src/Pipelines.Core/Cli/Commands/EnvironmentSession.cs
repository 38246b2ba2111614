using Pipelines.Core.Cli.Session;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Commands;

/// <summary>What the commands on environments share: the environments of the template, a context for the manifest repository, and a folder that goes again.</summary>
internal sealed class EnvironmentSession : IAsyncDisposable
{
    private readonly TemplateContext _template;
    private readonly SecretResolver _secrets;
    private readonly Interrupts? _interrupts;
    private readonly string _folder;
    private Previews? _previews;

    private EnvironmentSession(Invocation invocation, TemplateContext template, SecretResolver secrets, Interrupts? interrupts, string folder, StageContext context)
    {
        Invocation = invocation;
        _template = template;
        _secrets = secrets;
        _interrupts = interrupts;
        _folder = folder;
        Context = context;
    }

    public Invocation Invocation { get; }

    public StageContext Context { get; }

    /// <summary>The environments that the command acts on.</summary>
    public IReadOnlyList<DeploymentEnvironment> Environments { get; private set; } = [];

    /// <summary>The previews that the command acts on.</summary>
    public Previews Previews => _previews!;

    public CancellationToken Cancel => _interrupts?.Cancel ?? CancellationToken.None;

    /// <summary>Who sits there: whom the CI system names, else the user of the machine.</summary>
    public string Actor => Invocation.Host.Actor ?? Invocation.Environment.Variables.Get("USER") ?? Invocation.Environment.Variables.Get("USERNAME") ?? "unknown";

    /// <param name="invocation">The call.</param>
    /// <param name="needsServers">Whether the command talks to more than the manifest repository: then the sandbox is started, and secrets are fetched.</param>
    public static Task<EnvironmentSession> OpenAsync(Invocation invocation, bool needsServers) => OpenAsync(
        invocation,
        needsServers,
        async (session, template) => session.Environments = Chosen(invocation, await invocation.Template.EnvironmentsAsync(template, session.Cancel).ConfigureAwait(false)));

    /// <summary>A session of commands on previews: of the environments nothing is asked.</summary>
    /// <param name="invocation">The call.</param>
    /// <param name="needsServers">As above.</param>
    /// <exception cref="InvalidUsageException">The pipeline has no previews.</exception>
    public static Task<EnvironmentSession> OpenPreviewsAsync(Invocation invocation, bool needsServers) => OpenAsync(
        invocation,
        needsServers,
        async (session, template) => session._previews = await invocation.Template.PreviewsAsync(template, session.Cancel).ConfigureAwait(false) ?? throw PreviewCommand.None(invocation.Template));

    private static async Task<EnvironmentSession> OpenAsync(Invocation invocation, bool needsServers, Func<EnvironmentSession, TemplateContext, Task> ask)
    {
        AppEnvironment environment = invocation.Environment;
        EffectiveSettings settings = Application.LoadSettings(invocation, check: true);
        SecretMasker masker = invocation.Masker;
        var sandboxSecrets = new Dictionary<string, string>(StringComparer.Ordinal);
        var sandboxVariables = new Dictionary<string, string>(StringComparer.Ordinal);
        SecretResolver secrets = invocation.Mode == RunMode.Sandbox
            ? SecretStores.Sandbox(masker, sandboxSecrets, environment.Time, sandboxVariables)
            : SecretStores.Live(masker, environment.Variables.All, invocation.Directory, environment.Time);
        string id = environment.Time.GetUtcNow().ToString("yyyyMMdd-HHmmss", System.Globalization.CultureInfo.InvariantCulture) + "-" + Guid.NewGuid().ToString("N")[..4];
        string folder = Path.Combine(Path.GetTempPath(), "pipelines-" + Guid.NewGuid().ToString("N"));
        var template = new TemplateContext(invocation.Complete, invocation.Host)
        {
            Settings = settings,
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            WillRun = needsServers,
            RunDirectory = folder,
            SandboxFaults = [],
            Secrets = secrets,
            SandboxSecrets = sandboxSecrets,
            SandboxVariables = sandboxVariables,
            Time = environment.Time,
            Warn = text => environment.Error.WriteLine("warning: " + masker.Mask(text)),
        };
        var run = new RunInfo
        {
            Id = id,
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
        Interrupts? interrupts = environment.HandlesSignals ? new Interrupts(text => environment.Error.WriteLine(text), "stopping; what is pushed already stands") : null;
        var context = new StageContext(invocation.Request.Command.ToString().ToLowerInvariant(), run, new CommandReporter(environment.Error, masker), secrets, environment.Time) { ForceToken = interrupts?.Force ?? CancellationToken.None };
        var session = new EnvironmentSession(invocation, template, secrets, interrupts, folder, context);
        try
        {
            await ask(session, template).ConfigureAwait(false);
            return session;
        }
        catch
        {
            await session.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>The one environment of a command that changes something.</summary>
    /// <exception cref="InvalidUsageException">There are several, and none was named.</exception>
    public DeploymentEnvironment Only() => Environments.Count == 1
        ? Environments[0]
        : throw new InvalidUsageException("Which environment is meant?", $"  there are {string.Join(", ", Environments.Select(one => one.Name))}", $"Say it: --env {Environments[0].Name}");

    public ManifestRepository Open(DeploymentEnvironment environment)
    {
        if (Invocation.Mode == RunMode.Sandbox && !Directory.Exists(environment.Manifest.Repository))
            throw new InvalidUsageException("Nothing was deployed in the sandbox of this checkout yet.", $"  there is no {environment.Manifest.Repository}", "Run the pipeline once, or give --live for the real environments.");
        return new ManifestRepository(environment.Manifest, Context);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await _secrets.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or AggregateException)
        {
            _template.Warn(exception.Message); // what the command did stands
        }

        for (int index = _template.Owned.Count - 1; index >= 0; index--)
            await _template.Owned[index].DisposeAsync().ConfigureAwait(false);
        _interrupts?.Dispose();
        if (Directory.Exists(_folder))
            Directory.Delete(_folder, recursive: true);
    }

    private static IReadOnlyList<DeploymentEnvironment> Chosen(Invocation invocation, IReadOnlyList<DeploymentEnvironment> all)
    {
        if (all.Count == 0)
            throw new InvalidUsageException($"The pipeline '{invocation.Template.Name}' names no environments, so there is nothing to look at.", null, "Override PipelineTemplate.EnvironmentsAsync, or use a template that does, such as DeployPipeline.");
        if (invocation.Request.Environment is not { } name)
            return all;
        string[] names = [.. all.Select(one => one.Name)];
        return [all.FirstOrDefault(one => one.Name == name) ?? throw new InvalidUsageException($"--env: there is no environment '{name}'.{NearestName.Suggestion(name, names)}", null, $"The environments are {string.Join(", ", names)}.")];
    }
}
