using Pipelines.Core;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>The sample service in a git repository of its own.</summary>
internal sealed class ServiceRepository
{
    private ServiceRepository(string path) => Directory = path;

    public string Directory { get; }

    public static async Task<ServiceRepository> CreateAsync(string path)
    {
        string sample = Path.Combine(Machine.RepositoryRoot, "samples", "order-service");
        foreach (string file in System.IO.Directory.EnumerateFiles(sample, "*", SearchOption.AllDirectories))
        {
            string name = Path.GetRelativePath(sample, file);
            if (name.Split('/').Any(part => part is ".pipelines" or "build" or "__pycache__" or ".pytest_cache"))
                continue;
            System.IO.Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(path, name))!);
            File.Copy(file, Path.Combine(path, name));
        }

        File.WriteAllText(Path.Combine(path, ".gitignore"), "__pycache__/\n.pytest_cache/\n.coverage\n");
        var repository = new ServiceRepository(path);
        await repository.GitAsync("init", "--quiet", "--initial-branch=main");
        await repository.CommitAsync("The service");
        return repository;
    }

    /// <summary>Changes one place of one file, and commits it.</summary>
    public async Task<string> ChangeAsync(string file, string old, string @new)
    {
        string path = Path.Combine(Directory, file);
        string text = await File.ReadAllTextAsync(path);
        Assert.Single(text.Split(old)[1..]);
        await File.WriteAllTextAsync(path, text.Replace(old, @new, StringComparison.Ordinal));
        return await CommitAsync($"Change {file}");
    }

    /// <summary>The commit that is checked out.</summary>
    public Task<string> HeadAsync() => GitAsync("rev-parse", "HEAD");

    /// <summary>Checks out the commit without its branch, as CI systems do.</summary>
    public Task DetachAsync() => GitAsync("checkout", "--quiet", "--detach");

    private async Task<string> CommitAsync(string message)
    {
        await GitAsync("add", "--all");
        await GitAsync("commit", "--quiet", "--message", message);
        return await HeadAsync();
    }

    private async Task<string> GitAsync(params string[] arguments) => (await Machine.RunAsync(
        new Command("git", ["-c", "user.name=Service team", "-c", "user.email=team@example.invalid", .. arguments]).In(Directory).WithEnvironment("GIT_CONFIG_GLOBAL", "/dev/null"))).Trim();
}
