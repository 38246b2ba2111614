using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Tests.Tools.Git;

/// <summary>A real repository in a temporary folder, and git as a person uses it, without this machine's configuration.</summary>
internal sealed class GitRepository(string path)
{
    public string Path { get; } = path;

    public static async Task<GitRepository> CreateAsync(string path, bool bare = false)
    {
        Directory.CreateDirectory(path);
        var repository = new GitRepository(path);
        await repository.RunAsync(bare ? ["init", "-q", "--bare", "-b", "main"] : ["init", "-q", "-b", "main"]);
        return repository;
    }

    /// <summary>A bare repository whose main holds the given files.</summary>
    public static async Task<GitRepository> CreateManifestsAsync(string folder, params (string Path, string Content)[] files)
    {
        GitRepository bare = await CreateAsync(System.IO.Path.Combine(folder, "manifests.git"), bare: true);
        GitRepository work = await bare.CloneAsync(System.IO.Path.Combine(folder, "author"));
        foreach ((string file, string content) in files)
            work.Write(file, content);
        await work.CommitAsync("first");
        await work.RunAsync("push", "-q", "origin", "main");
        return bare;
    }

    public async Task<GitRepository> CloneAsync(string path)
    {
        Directory.CreateDirectory(path);
        await new GitRepository(path).RunAsync("clone", "-q", Path, ".");
        await new GitRepository(path).RunAsync("symbolic-ref", "HEAD", "refs/heads/main");
        return new GitRepository(path);
    }

    public void Write(string file, string content)
    {
        string full = System.IO.Path.Combine(Path, file);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(full)!);
        File.WriteAllText(full, content);
    }

    public async Task<string> CommitAsync(string message)
    {
        await RunAsync("add", "-A");
        await RunAsync("commit", "-q", "-m", message);
        return await HeadAsync();
    }

    public Task<string> HeadAsync(string revision = "HEAD") => RunAsync("rev-parse", revision);

    public Task<string> ShowAsync(string file, string revision = "main") => RunAsync("show", $"{revision}:{file}");

    public void Hook(string name, string script)
    {
        string path = System.IO.Path.Combine(Path, "hooks", name);
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(path)!);
        File.WriteAllText(path, "#!/bin/sh\n" + script);
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public async Task<string> RunAsync(params string[] arguments)
    {
        Command command = new Command("git", ["-c", "user.name=Author", "-c", "user.email=author@example.com", "-c", "core.autocrlf=false", .. arguments])
            .WithEnvironment("GIT_CONFIG_GLOBAL", GitCommand.NullDevice).WithEnvironment("GIT_CONFIG_NOSYSTEM", "1").WithEnvironment("LC_ALL", "C");
        CommandResult result = await ProcessRunner.RunAsync(command, Path, null, TimeProvider.System, CancellationToken.None);
        return result.Output.EndsWith('\n') && arguments[0] != "show" ? result.Output[..^1] : result.Output;
    }
}
