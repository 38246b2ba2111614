using Pipelines.Core;
using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

[assembly: AssemblyFixture(typeof(Servers))]

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>What all tests share: the base image, the registry and the git server, started by the first test that asks.</summary>
public sealed class Servers : IAsyncLifetime
{
    private string? _missing;
    private PythonBase? _base;
    private Registry? _registry;
    private GitServer? _git;

    /// <summary>The docker programs of this machine, by what they build with: a client before 23 has BuildKit inside, a later one without buildx the classic builder only.</summary>
    public static TheoryData<string> DockerPrograms => [.. ((string?[])["/usr/bin/docker", RealParts.Find("docker")]).OfType<string>().Where(File.Exists).Distinct().DefaultIfEmpty("docker")];

    internal string BaseImage => _base!.Name;

    internal Registry Registry => _registry!;

    internal GitServer Git => _git!;

    public async ValueTask InitializeAsync()
    {
        _missing = await FindMissingAsync();
        if (_missing is not null)
            return;
        _registry = await Registry.StartAsync();
        _git = await GitServer.StartAsync();
        _base = await PythonBase.CreateAsync();
    }

    public async ValueTask DisposeAsync()
    {
        if (_git is not null)
            await _git.DisposeAsync();
        if (_registry is not null)
            await _registry.DisposeAsync();
        if (_base is not null)
            await _base.DisposeAsync();
    }

    /// <summary>Skips the test where something is missing; fails it where it is required.</summary>
    internal void Require() => Machine.Require(_missing);

    private static async Task<string?> FindMissingAsync()
    {
        (string Program, string Package)[] needed =
            [("docker", "docker.io"), ("docker-registry", "docker-registry"), ("htpasswd", "apache2-utils"), ("nginx", "nginx-light"), ("fcgiwrap", "fcgiwrap"), ("git", "git"), ("ldd", "libc-bin")];
        string[] missing = [.. needed.Where(part => !RealParts.IsInstalled(part.Program)).Select(part => $"{part.Program} (apt-get install {part.Package})")];
        if (missing.Length > 0)
            return "not installed: " + string.Join(", ", missing);
        if (!File.Exists(PythonBase.Python) || !File.Exists(PythonBase.BusyBox))
            return $"for the base image {PythonBase.Python} and {PythonBase.BusyBox} are needed (apt-get install python3 busybox-static)";
        return (await Machine.TryAsync(new Command("docker", "version", "--format", "{{.Server.Version}}"))).Succeeded ? null : "the docker engine does not run";
    }
}
