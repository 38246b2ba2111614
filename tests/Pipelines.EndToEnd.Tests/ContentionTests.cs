using Pipelines.Core;
using Pipelines.Core.GitOps;
using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests;

/// <summary>Fifty services that deploy at once to one manifest repository: every commit lands, once, each service's in its order.</summary>
public sealed class ContentionTests(ITestOutputHelper output) : IDisposable // image-updater#175, #879
{
    private const int Services = 50;
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Deploy_FiftyAtOnceOverFiles_AllLandOnceInOrder()
    {
        string bare = await ManifestsAsync(_directory.Path + "/manifests.git");
        await DeployAllAsync(bare, new ManifestTarget { Repository = bare, File = "x" }, []);
    }

    [Fact]
    public async Task Deploy_FiftyAtOnceOverHttpWithAToken_AllLandOnceInOrder()
    {
        Machine.Require(((string[])["nginx", "fcgiwrap", "htpasswd"]).FirstOrDefault(program => !RealParts.IsInstalled(program)) is { } missing ? $"{missing} is not installed" : null);
        await using GitServer server = await GitServer.StartAsync();
        const string name = "contention.git";
        string bare = await ManifestsAsync($"{server.Root}/{name}");
        await Machine.RunAsync("git", "-C", bare, "config", "http.receivepack", "true");
        var target = new ManifestTarget { Repository = server.Address(name).AbsoluteUri, File = "x", Token = SecretReference.Parse("env://TOKEN"), TokenUser = GitServer.TokenUser };
        await DeployAllAsync(bare, target, new Dictionary<string, string> { ["env://TOKEN"] = server.Token });
    }

    private async Task DeployAllAsync(string bare, ManifestTarget target, Dictionary<string, string> secrets)
    {
        int lost = 0;
        ManifestChange[][] changes = await Task.WhenAll(Enumerable.Range(1, Services).Select(number => Task.Run(async () =>
        {
            var landed = new List<ManifestChange>();
            foreach (string tag in Tags(number))
            {
                var context = new RecordingContext($"{_directory.Path}/service{number}", secrets: secrets);
                using var repository = new ManifestRepository(target with { File = File(number) }, context.Context);
                landed.Add(await repository.SetTagAsync(new ManifestCommit($"service{number}", tag, $"run-{number}-{tag}") { Environment = "staging", Digest = "sha256:" + tag }, TestContext.Current.CancellationToken));
                Interlocked.Add(ref lost, context.Log.Count(line => line.Text.Contains("at the same time", StringComparison.Ordinal)));
            }

            return landed.ToArray();
        })));

        string[] log = (await Machine.RunAsync("git", "-C", bare, "log", "--reverse", "--format=%H %s", "main")).Split('\n', StringSplitOptions.RemoveEmptyEntries);
        int deployments = Enumerable.Range(1, Services).Sum(number => Tags(number).Length);
        output.WriteLine($"{deployments} deployments landed, {lost} pushes were lost to others: {(deployments + lost) / (double)deployments:0.00} pushes for each");
        Assert.Equal(deployments + 1, log.Length); // and the first commit
        for (int number = 1; number <= Services; number++)
        {
            string[] ours = [.. log.Where(line => line.Contains($" service{number} ", StringComparison.Ordinal))];
            Assert.Equal(Tags(number).Zip(changes[number - 1], (tag, change) => $"{change.Revision} ci: update service{number} to {tag} [skip ci]"), ours);
            Assert.Equal($"image:\n  tag: {Tags(number)[^1]}\n", await Machine.RunAsync("git", "-C", bare, "show", $"main:{File(number)}"));
        }
    }

    /// <summary>Every fifth one deploys a second version as soon as the first one is in.</summary>
    private static string[] Tags(int number) => number % 5 == 0 ? ["v1", "v2"] : ["v1"];

    private static string File(int number) => $"apps/service{number}/values.yaml";

    private static async Task<string> ManifestsAsync(string bare)
    {
        Directory.CreateDirectory(bare);
        await Machine.RunAsync("git", "-C", bare, "init", "-q", "--bare", "-b", "main");
        string files = string.Concat(Enumerable.Range(1, Services).Select(number => $"M 100644 inline {File(number)}\ndata 18\nimage:\n  tag: old\n\n"));
        await Machine.RunAsync(new Command("git", "-C", bare, "fast-import", "--quiet").WithInput($"commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 5\nfirst\n{files}\n"));
        return bare;
    }
}
