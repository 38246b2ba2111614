using System.Diagnostics;
using System.Net.Http.Headers;
using System.Text;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests;

/// <summary>A sandbox in a temporary folder with an HTTP client, and git as another team would use it.</summary>
internal sealed class SandboxFixture : IAsyncDisposable
{
    private readonly TemporaryDirectory _directory;
    private readonly bool _ownsDirectory;

    private SandboxFixture(TemporaryDirectory directory, bool ownsDirectory, LocalSandbox sandbox)
    {
        _directory = directory;
        _ownsDirectory = ownsDirectory;
        Sandbox = sandbox;
        Registry.DefaultRequestHeaders.Authorization = Basic(sandbox.RegistryUser, sandbox.RegistryPassword.Reveal());
        Registry.BaseAddress = new Uri($"http://{sandbox.RegistryHost}");
        ArgoCd.DefaultRequestHeaders.Authorization = new("Bearer", sandbox.ArgoCdToken.Reveal());
        ArgoCd.BaseAddress = sandbox.ArgoCd;
    }

    public LocalSandbox Sandbox { get; }

    public HttpClient Registry { get; } = new();

    public HttpClient ArgoCd { get; } = new();

    public string Folder => _directory.Path;

    public static async Task<SandboxFixture> StartAsync(SandboxFaults faults = SandboxFaults.None, TemporaryDirectory? directory = null, Func<SandboxOptions, SandboxOptions>? change = null)
    {
        TemporaryDirectory folder = directory ?? new TemporaryDirectory();
        SandboxOptions options = Options(folder, faults);
        return new SandboxFixture(folder, directory is null, await LocalSandbox.StartAsync(change?.Invoke(options) ?? options));
    }

    public static SandboxOptions Options(TemporaryDirectory folder, SandboxFaults faults = SandboxFaults.None) =>
        new() { StateDirectory = Path.Combine(folder.Path, "sandbox"), App = "order-service", Faults = faults };

    public static AuthenticationHeaderValue Basic(string user, string password) => new("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}")));

    /// <summary>Clones, sets the tag, commits and pushes; returns the commit and whether the push was taken.</summary>
    public (string Commit, bool Pushed, string Output) Push(string tag)
    {
        string clone = Path.Combine(_directory.Path, "clone-" + Guid.NewGuid().ToString("N")[..8]);
        Git(_directory.Path, "clone", "-q", Sandbox.ManifestRepository, clone);
        string file = Path.Combine(clone, "apps/order-service/values-staging.yaml");
        File.WriteAllText(file, System.Text.RegularExpressions.Regex.Replace(File.ReadAllText(file), "tag: \"[^\"]*\"", $"tag: \"{tag}\""));
        Git(clone, "-c", "user.name=T", "-c", "user.email=t@t.invalid", "commit", "-qam", $"ci: update order-service to {tag}");
        (int exit, string output) = Run("git", clone, "push", "-q", "origin", "HEAD:main");
        return (Git(clone, "rev-parse", "HEAD").Trim(), exit == 0, output);
    }

    public string Git(params string[] arguments) => Git(Sandbox.ManifestRepository, arguments);

    public static string Git(string directory, params string[] arguments)
    {
        (int exit, string output) = Run("git", directory, arguments);
        Assert.True(exit == 0, output);
        return output;
    }

    public static (int Exit, string Output) Run(string program, string directory, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = directory, RedirectStandardOutput = true, RedirectStandardError = true })!;
        Task<string> error = process.StandardError.ReadToEndAsync();
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + error.Result);
    }

    public async ValueTask DisposeAsync()
    {
        await Sandbox.DisposeAsync();
        Registry.Dispose();
        ArgoCd.Dispose();
        if (_ownsDirectory)
            _directory.Dispose();
    }
}
