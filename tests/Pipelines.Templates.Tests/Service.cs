using System.Diagnostics;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.Core.Cli;
using Pipelines.Core.Hosts;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests;

/// <summary>A service's repository in a temporary folder, and its pipeline.</summary>
internal sealed class Service : IDisposable
{
    public const string App = "order-service";
    public const string EcrRepo = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service";
    public const string Channel = "#orders-team";
    public const string ManifestFile = "apps/order-service/values-staging.yaml";
    public const string ProdManifestFile = "apps/order-service/values-prod.yaml";

    /// <summary>What a live run needs to be set.</summary>
    private static readonly string[] Live = ["manifest.repository=https://git.example.com/m.git", "argocd.server=https://argocd.example.com", "smoke.url=https://{app}.{environment}.example.com"];

    private readonly TemporaryDirectory _folder = new();

    public Service(bool committed = true)
    {
        Write("app/__init__.py", "def add(a, b):\n    return a + b\n");
        Write("tests/__init__.py", "");
        Write("tests/test_app.py", "import unittest\nfrom app import add\n\n\nclass Adding(unittest.TestCase):\n    def test_add(self):\n        self.assertEqual(add(1, 2), 3)\n");
        Write("Dockerfile", "FROM python:3.13-slim\nCOPY app /srv/app\nCMD [\"python\", \"-m\", \"app\"]\n");
        Write("deploy/values-staging.yaml", "# staging\nreplicas: 2 # two are enough\nimage:\n  repository: \"order-service\"   # where\n  tag:   'none'   # set by the pipeline\n");
        Write("deploy/values-prod.yaml", "# prod\nreplicas: 3\nimage:\n  repository: \"order-service\"\n  tag: 'none'\n");
        Write(".gitignore", "__pycache__/\n");
        if (!committed)
            return;
        Git("init", "--quiet", "--initial-branch=main");
        Git("config", "user.name", "Tester");
        Git("config", "user.email", "tester@example.com");
        Commit("First");
    }

    public string Path => _folder.Path;

    public Dictionary<string, string> Variables { get; } = [];

    public PipelineTemplate Pipeline { get; set; } = new DeployPipeline(App, EcrRepo, Channel);

    public string Head => Git("rev-parse", "HEAD").Trim();

    /// <summary>Every run's folder, oldest first.</summary>
    public string[] Runs => Directory.Exists(In(".pipelines/runs")) ? [.. Directory.GetDirectories(In(".pipelines/runs")).OrderBy(Directory.GetCreationTimeUtc)] : [];

    public string In(string path) => System.IO.Path.Combine(Path, path);

    public void Write(string path, string text) => _folder.Write(path, text);

    public string Commit(string message)
    {
        Write("app/version.py", $"VERSION = '{message}'\n");
        Git("add", "--all");
        Git("commit", "--quiet", "--message", message);
        return Head;
    }

    public string Git(params string[] arguments) => Run("git", Path, arguments);

    /// <summary>The manifest as the sandbox's repository holds it.</summary>
    public string Manifest(string file = ManifestFile) => Git("--git-dir", In(".pipelines/sandbox/manifests.git"), "show", "main:" + file);

    public string ManifestLog(params string[] arguments) => Git(["--git-dir", In(".pipelines/sandbox/manifests.git"), "log", .. arguments, "main"]);

    /// <summary>The refs of the manifest repository under a prefix.</summary>
    public string ManifestRefs(string prefix) => Git("--git-dir", In(".pipelines/sandbox/manifests.git"), "for-each-ref", "--format=%(refname)", prefix);

    /// <summary>The plan of a live run: each stage by its name.</summary>
    public async Task<Dictionary<string, JsonElement>> LivePlanAsync(params string[] settings)
    {
        ServiceRun run = await RunAsync(["plan", "--json", "--live", .. Live.Concat(settings).SelectMany(setting => (string[])["--set", setting])]);
        run.Ended(0);
        using var plan = JsonDocument.Parse(run.Output);
        return plan.RootElement.GetProperty("stages").EnumerateArray().ToDictionary(stage => stage.GetProperty("name").GetString()!, stage => stage.Clone());
    }

    /// <summary>Runs a command with these settings, and those that a live run must have.</summary>
    public Task<ServiceRun> LiveAsync(string command, params string[] settings) => RunAsync([command, "--live", .. Live.Concat(settings).SelectMany(setting => (string[])["--set", setting])]);

    /// <summary>Runs the pipeline in process; the assembler builds, so that every machine does the same.</summary>
    public Task<ServiceRun> DeployAsync(params string[] arguments) => RunAsync(["--set", "image.builder=assembler", .. arguments]);

    /// <summary>The same for <c>preview up</c>.</summary>
    public Task<ServiceRun> DeployUpAsync(params string[] arguments) => RunAsync(["preview", "up", "--set", "image.builder=assembler", .. arguments]);

    public Task<ServiceRun> RunAsync(params string[] arguments) => AnswerAsync(null, arguments);

    /// <summary>Runs it with a person at the terminal, who types; null for nobody.</summary>
    public async Task<ServiceRun> AnswerAsync(string? typed, params string[] arguments)
    {
        using StringReader? keyboard = typed is null ? null : new StringReader(typed);
        using var output = new StringWriter();
        using var error = new StringWriter();
        int exitCode = await Application.RunAsync(Pipeline, arguments, new AppEnvironment
        {
            Output = TextWriter.Synchronized(output),
            Error = TextWriter.Synchronized(error),
            Variables = HostEnvironment.Of(Variables),
            CurrentDirectory = Path,
            BaseDirectory = Path,
            Input = keyboard is null ? null : () => keyboard,
        });
        return new ServiceRun(exitCode, output.ToString(), error.ToString(), Runs.LastOrDefault());
    }

    public void Dispose() => _folder.Dispose();

    private static string Run(string program, string directory, string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {error.Result}");
    }
}
