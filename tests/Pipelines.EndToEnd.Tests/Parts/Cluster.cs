using System.Text.RegularExpressions;
using Pipelines.Core;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>Does what the cluster behind Argo CD does: runs, by its digest, the image whose tag the manifest repository asks for, pulled from the registry.</summary>
internal sealed partial class Cluster : IAsyncDisposable
{
    private readonly string _manifests;
    private readonly Registry _registry;
    private readonly string _repository;
    private readonly string _dockerConfig;
    private readonly string _container = $"pipelines-e2e-{Guid.NewGuid():N}";
    private readonly CancellationTokenSource _end = new();
    private readonly Task _reconciling;
    private readonly List<string> _ran = [];

    /// <param name="manifests">The bare repository that it follows.</param>
    /// <param name="registry">Where it pulls from.</param>
    /// <param name="repository">The image repository.</param>
    /// <param name="folder">A folder of its own.</param>
    public Cluster(string manifests, Registry registry, string repository, string folder)
    {
        (_manifests, _registry, _repository) = (manifests, registry, repository);
        _dockerConfig = Directory.CreateDirectory(folder).FullName;
        File.WriteAllText(Path.Combine(_dockerConfig, "config.json"), $"{{\"auths\":{{\"{registry.Authority}\":{{\"auth\":\"{registry.Credential}\"}}}}}}");
        _reconciling = Task.Run(ReconcileAsync);
    }

    /// <summary>Where the service answers.</summary>
    public int Port { get; } = Machine.FreePort();

    /// <summary>The images that were run, oldest first, each with its digest.</summary>
    public IReadOnlyList<string> Ran
    {
        get
        {
            lock (_ran)
                return [.. _ran];
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        try
        {
            await _reconciling;
        }
        catch (OperationCanceledException)
        {
            // as asked
        }
        finally
        {
            await Machine.TryAsync(new Command("docker", "rm", "--force", _container));
            _end.Dispose();
        }
    }

    /// <summary>Waits until the container with an image runs.</summary>
    public Task RunsAsync(string digest) => Machine.UntilAsync(
        () => !_reconciling.IsFaulted ? Task.FromResult(Ran is [.., string last] && last.EndsWith(digest, StringComparison.Ordinal)) : throw _reconciling.Exception!,
        $"{digest} runs");

    private async Task ReconcileAsync()
    {
        string last = "";
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        do
        {
            string head = (await File.ReadAllTextAsync(Path.Combine(_manifests, "refs", "heads", "main"), _end.Token)).Trim();
            if (head == last)
                continue;
            last = head;
            string manifest = await Machine.RunAsync("git", "--git-dir", _manifests, "show", $"{head}:{Scenario.ManifestFile}");
            if (Tag().Match(manifest).Groups[1].Value is { Length: > 0 } tag)
                await RunAsync(tag);
        }
        while (await ticks.WaitForNextTickAsync(_end.Token));
    }

    private async Task RunAsync(string tag)
    {
        string image = $"{_registry.Authority}/{_repository}@{await _registry.DigestAsync(_repository, tag)}";
        await Machine.RunAsync(new Command("docker", "pull", "--quiet", image).WithEnvironment("DOCKER_CONFIG", _dockerConfig));
        await Machine.TryAsync(new Command("docker", "rm", "--force", _container));
        await Machine.RunAsync(
            "docker", "run", "--detach", "--name", _container, "--network", "host", "--read-only", "--env", $"PORT={Port}", "--env", "HOST=127.0.0.1", "--env", $"APP_VERSION={tag}", image); // as the chart sets them
        lock (_ran)
            _ran.Add(image);
    }

    [GeneratedRegex("""^  tag: "?([^"\s]*)""", RegexOptions.Multiline)]
    private static partial Regex Tag();
}
