using System.Diagnostics;
using System.Text;
using Pipelines.Core;
using Pipelines.Sandbox;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>One service with its own manifest repository, image repository and cluster, and the CI system that runs its pipeline as a process.</summary>
internal sealed class Scenario : IAsyncDisposable
{
    public const string ManifestFile = "apps/order-service/values-staging.yaml";

    private readonly TemporaryDirectory _folder = new();
    private readonly Servers _servers;
    private readonly string _id = Guid.NewGuid().ToString("N")[..12];
    private readonly CommandLines _commandLines = new();
    private readonly StringBuilder _console = new();
    private LocalSandbox? _sandbox;
    private Cluster? _cluster;

    private Scenario(Servers servers)
    {
        _servers = servers;
        Tools = Directory.CreateDirectory(_folder.Path + "/tools").FullName;
        Trivy = new Trivy(Tools);
    }

    public Registry Registry => _servers.Registry;

    /// <summary>The image repository, without the registry.</summary>
    public string ImageRepository => $"{_id}/order-service";

    public string ImageName => $"{Registry.Authority}/{ImageRepository}";

    /// <summary>Argo CD and Slack.</summary>
    public LocalSandbox Sandbox => _sandbox!;

    public Cluster Cluster => _cluster!;

    public required ServiceRepository Service { get; init; }

    public Trivy Trivy { get; }

    /// <summary>The first folder of the pipeline's PATH.</summary>
    public string Tools { get; }

    /// <summary>Every command line that the machine had since this scenario started.</summary>
    public IReadOnlyCollection<string> CommandLinesSeen => _commandLines.Seen;

    /// <summary>What all runs printed.</summary>
    public string Console => _console.ToString();

    /// <summary>The run folders, oldest first.</summary>
    public IReadOnlyList<string> RunFolders =>
        Directory.Exists(Service.Directory + "/.pipelines/runs") ? [.. Directory.GetDirectories(Service.Directory + "/.pipelines/runs").Order(StringComparer.Ordinal)] : [];

    /// <summary>The home folder of the CI system's user.</summary>
    public string Home => Directory.CreateDirectory(_folder.Path + "/home").FullName;

    /// <summary>Every secret of the run, in the forms that it travels in.</summary>
    public IReadOnlyList<string> Secrets =>
    [
        Registry.Password, Registry.Credential, _servers.Git.Token, _servers.Git.Credential, Sandbox.ArgoCdToken.Reveal(), Sandbox.SlackWebhook.AbsolutePath,
    ];

    /// <param name="servers">What all tests share.</param>
    /// <param name="docker">The docker program that the pipeline finds.</param>
    public static async Task<Scenario> StartAsync(Servers servers, string? docker = null)
    {
        servers.Require();
        string checkout = Directory.CreateTempSubdirectory("pipelines-e2e-service-").FullName;
        var scenario = new Scenario(servers) { Service = await ServiceRepository.CreateAsync(checkout) };
        try
        {
            if (docker is not null)
                File.CreateSymbolicLink(scenario.Tools + "/docker", docker);
            scenario._sandbox = await LocalSandbox.StartAsync(new SandboxOptions
            {
                StateDirectory = Path.Combine(servers.Git.Root, scenario._id),
                App = "order-service",
                Environments = ["staging", "prod"],
                SeedFiles = new Dictionary<string, string>
                {
                    [ManifestFile] = await File.ReadAllTextAsync(checkout + "/deploy/values-staging.yaml"),
                    [ManifestFile.Replace("staging", "prod", StringComparison.Ordinal)] = await File.ReadAllTextAsync(checkout + "/deploy/values-prod.yaml"),
                },
            });
            scenario._cluster = new Cluster(scenario.Sandbox.ManifestRepository, servers.Registry, scenario.ImageRepository, scenario._folder.Path + "/cluster");
            return scenario;
        }
        catch
        {
            await scenario.DisposeAsync();
            throw;
        }
    }

    /// <summary>Runs the pipeline as GitLab's runner does.</summary>
    public Task<PipelineEnd> RunAsync(params string[] arguments) => RunAsync([], arguments);

    /// <summary>The same in a job that somebody started by hand.</summary>
    public Task<PipelineEnd> RunByHandAsync(string login, params string[] arguments) => RunAsync(new() { ["CI_JOB_MANUAL"] = "true", ["GITLAB_USER_LOGIN"] = login }, arguments);

    private async Task<PipelineEnd> RunAsync(Dictionary<string, string> variables, string[] arguments)
    {
        using var process = new Process { StartInfo = await StartInfoAsync(arguments) };
        foreach ((string name, string value) in variables)
            process.StartInfo.Environment[name] = value;
        process.Start();
        Task<string> output = process.StandardOutput.ReadToEndAsync();
        Task<string> errors = process.StandardError.ReadToEndAsync();
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(3));
        try
        {
            await process.WaitForExitAsync(limit.Token);
        }
        finally
        {
            if (!process.HasExited)
                process.Kill(entireProcessTree: true);
        }

        string text = await output + await errors;
        _console.Append(text);
        return new PipelineEnd(process.ExitCode, text, RunFolders.Count > 0 ? RunFolders[^1] : null);
    }

    /// <summary>The manifest, to the byte.</summary>
    public Task<string> ManifestAsync() => GitAsync("show", $"main:{ManifestFile}");

    /// <summary>The manifest repository's commits, newest first: id, subject.</summary>
    public async Task<IReadOnlyList<string>> CommitsAsync() => (await GitAsync("log", "--format=%H %s", "main")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public Task<string> GitAsync(params string[] arguments) => Machine.RunAsync("git", ["--git-dir", Sandbox.ManifestRepository, .. arguments]);

    public async ValueTask DisposeAsync()
    {
        if (_cluster is not null)
            await _cluster.DisposeAsync();
        if (_sandbox is not null)
            await _sandbox.DisposeAsync();
        await _commandLines.DisposeAsync();
        string[] images = (await Machine.RunAsync("docker", "images", "--format", "{{.Repository}}:{{.Tag}}", "--filter", $"reference={ImageName}")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        if (images.Length > 0)
            await Machine.TryAsync(new Command("docker", ["rmi", "--force", .. images]));
        Directory.Delete(Service.Directory, recursive: true);
        _folder.Dispose();
    }

    private async Task<ProcessStartInfo> StartInfoAsync(string[] arguments)
    {
        var output = new DirectoryInfo(AppContext.BaseDirectory.TrimEnd('/')); // …/bin/CONFIGURATION/net10.0
        string script = Path.Combine(Machine.RepositoryRoot, "tests", "ServiceScript", "bin", output.Parent!.Name, output.Name, "service-script.dll");
        string[] settings = [$"registry.user={Registry.User}", $"image.build-args=BASE_IMAGE={_servers.BaseImage}", "smoke.version-key=version", "smoke.timeout=20s"];
        var start = new ProcessStartInfo("dotnet", [script, "deploy-to", ImageName, .. settings.SelectMany(setting => (string[])["--set", setting]), .. arguments]) { WorkingDirectory = Service.Directory, RedirectStandardOutput = true, RedirectStandardError = true };
        Dictionary<string, string?> variables = new()
        {
            ["PATH"] = $"{Tools}:{Environment.GetEnvironmentVariable("PATH")}",
            ["DOTNET_ROOT"] = Environment.GetEnvironmentVariable("DOTNET_ROOT"),
            ["HOME"] = Home,
            ["CI"] = "true",
            ["GITLAB_CI"] = "true",
            ["CI_COMMIT_BRANCH"] = "main",
            ["CI_COMMIT_SHA"] = await Service.HeadAsync(),
            ["PIPELINES_MANIFEST_REPOSITORY"] = _servers.Git.Address($"{_id}/manifests.git").AbsoluteUri,
            ["PIPELINES_ARGOCD_SERVER"] = Sandbox.ArgoCd.AbsoluteUri,
            ["PIPELINES_SMOKE_URL"] = $"http://127.0.0.1:{Cluster.Port}/health",
            ["PIPELINES_SLACK_WEBHOOK"] = "env://SLACK_WEBHOOK",
            ["MANIFEST_TOKEN"] = _servers.Git.Token,
            ["ARGOCD_TOKEN"] = Sandbox.ArgoCdToken.Reveal(),
            ["REGISTRY_PASSWORD"] = Registry.Password,
            ["SLACK_WEBHOOK"] = Sandbox.SlackWebhook.AbsoluteUri,
        };
        start.Environment.Clear(); // a CI system's own variables must not change what is tested
        foreach ((string name, string? value) in variables.Where(pair => pair.Value is not null))
            start.Environment[name] = value;
        return start;
    }
}
