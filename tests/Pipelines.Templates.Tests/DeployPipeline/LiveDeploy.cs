using System.Diagnostics;
using Pipelines.Core;
using Pipelines.Sandbox;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>A live deploy, as a process, of a commit whose image is built already: against the sandbox's stand-ins, which it takes for the real world, and with a trivy that finds nothing.</summary>
internal sealed class LiveDeploy : IAsyncDisposable
{
    public const string Ann = "ann@example.com";

    private readonly Service _service;
    private readonly LocalSandbox _sandbox;

    private LiveDeploy(Service service, LocalSandbox sandbox) => (_service, _sandbox) = (service, sandbox);

    public LocalSandbox Sandbox => _sandbox;

    /// <summary>The private key of Ann, whom the allowed-signers file knows.</summary>
    public string Key => _service.In(".pipelines/ann");

    public static async Task<LiveDeploy> StartAsync(Service service)
    {
        (await service.DeployAsync("--stage", "push image")).Ended(0);
        service.Write(".git/info/exclude", ".bin/\n");
        service.Write(".bin/trivy", """
            #!/bin/sh
            if [ "$1" = --version ]; then echo 'Version: 0.50.1'; exit 0; fi
            report=/dev/stdout
            while [ $# -gt 0 ]; do [ "$1" = --output ] && report=$2; shift; done
            echo '{"SchemaVersion":2,"ArtifactName":"order-service","ArtifactType":"container_image","Results":[]}' > "$report"

            """);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(service.In(".bin/trivy"), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        LocalSandbox sandbox = await LocalSandbox.StartAsync(new SandboxOptions { StateDirectory = service.In(".pipelines/sandbox"), App = Service.App, Environments = ["staging", "prod"] });
        var live = new LiveDeploy(service, sandbox);
        live.WriteSigners();
        return live;
    }

    /// <summary>Starts a command of the pipeline with what a live run needs.</summary>
    /// <param name="variables">Variables of the host, such as <c>CI=true</c>.</param>
    /// <param name="arguments">The command with its options; the settings come with it.</param>
    public Process Start(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        var start = new ProcessStartInfo(ServiceProcess.Executable, ["deploy-to", $"{_sandbox.RegistryHost}/{Service.App}", .. arguments, "--live", .. Settings.SelectMany(setting => (string[])["--set", setting])])
        {
            WorkingDirectory = _service.Path,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (string name in (string[])["CI", "GITHUB_ACTIONS", "GITLAB_CI"])
            start.Environment[name] = "";
        start.Environment["PATH"] = $"{_service.In(".bin")}{Path.PathSeparator}{Environment.GetEnvironmentVariable("PATH")}";
        start.Environment["ARGOCD_TOKEN"] = _sandbox.ArgoCdToken.Reveal();
        start.Environment["REGISTRY_PASSWORD"] = _sandbox.RegistryPassword.Reveal();
        start.Environment["PROMETHEUS_TOKEN"] = _sandbox.PrometheusToken.Reveal();
        start.Environment["DATABASE_OF_staging"] = "postgres://of-staging";
        start.Environment["DATABASE_OF_prod"] = "postgres://of-prod";
        foreach ((string name, string value) in variables)
            start.Environment[name] = value;
        return Process.Start(start)!;
    }

    public async Task<(int ExitCode, string Output)> RunAsync(IReadOnlyDictionary<string, string> variables, params string[] arguments)
    {
        using Process process = Start(variables, arguments);
        return await ServiceProcess.EndAsync(process);
    }

    public ValueTask DisposeAsync() => _sandbox.DisposeAsync();

    private string[] Settings =>
    [
        $"manifest.repository={_sandbox.ManifestRepository}",
        $"argocd.server={_sandbox.ArgoCd.AbsoluteUri}",
        $"registry.user={_sandbox.RegistryUser}",
        $"smoke.url={_sandbox.Workload("staging").AbsoluteUri.Replace("staging", "{environment}/health", StringComparison.Ordinal)}",
        "smoke.version-key=version",
        $"prometheus.server={_sandbox.Prometheus.AbsoluteUri}",
        "prometheus.token=env://PROMETHEUS_TOKEN",
        "observe.window=200ms",
        "observe.interval=100ms",
        "observe.initial-delay=100ms",
        "migrate.command=sh -c \"echo $DATABASE_URL > .pipelines/migrated-{environment}\"",
        "migrate.secrets=DATABASE_URL=env://DATABASE_OF_{environment}",
        "migrate.rollback=compatible",
        "approval.signers=Signers",
        $"approval.signers-repository={_service.In(".pipelines/governance.git")}",
        $"approval.approvers={Ann}",
    ];

    private void WriteSigners()
    {
        using var keygen = Process.Start(new ProcessStartInfo("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", Ann, "-f", Key]) { RedirectStandardOutput = true })!;
        keygen.WaitForExit();
        string repository = _service.In(".pipelines/governance.git");
        _service.Git("init", "--quiet", "--bare", "--initial-branch=main", repository);
        _service.Write(".pipelines/Signers", $"{Ann} {File.ReadAllText(Key + ".pub")}");
        string blob = _service.Git("--git-dir", repository, "hash-object", "-w", _service.In(".pipelines/Signers")).Trim();
        _service.Git("--git-dir", repository, "update-index", "--add", "--cacheinfo", $"100644,{blob},Signers");
        string tree = _service.Git("--git-dir", repository, "write-tree").Trim();
        string commit = _service.Git("--git-dir", repository, "commit-tree", "-m", "Signers", tree).Trim();
        _service.Git("--git-dir", repository, "update-ref", "refs/heads/main", commit);
    }
}
