using System.Diagnostics;
using System.Net.Sockets;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Registry;

/// <summary>The real registry (Debian's <c>docker-registry</c>) on loopback with one user.</summary>
public sealed class RealRegistry : IDisposable
{
    public const string User = "robot";
    public const string Password = "correct horse";

    private readonly TemporaryDirectory _folder = new();
    private readonly Process _process;

    private RealRegistry(bool signIn)
    {
        Authority = $"127.0.0.1:{ScriptedServer.FreePort()}";
        string configuration = $"version: 0.1\nlog:\n  level: error\nstorage:\n  filesystem:\n    rootdirectory: {_folder.Path}/data\nhttp:\n  addr: {Authority}\n  relativeurls: {(signIn ? "true" : "false")}\n";
        if (signIn)
        {
            _folder.Write("htpasswd", Run("htpasswd", "-Bbn", User, Password));
            configuration += $"auth:\n  htpasswd:\n    realm: test\n    path: {_folder.Path}/htpasswd\n";
        }

        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", _folder.Write("config.yml", configuration)]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        _process.BeginErrorReadLine();
        _process.BeginOutputReadLine();
        WaitUntilItListens();
    }

    public string Authority { get; }

    public static RealRegistry Start(bool signIn = true)
    {
        const string Missing = "docker-registry or htpasswd (apache2-utils) is not installed";
        bool isThere = RealParts.IsInstalled("docker-registry") && RealParts.IsInstalled("htpasswd");
        Assert.True(isThere || !RealParts.AreRequired, $"{Missing} (END_TO_END=required)");
        Assert.SkipUnless(isThere, Missing);
        return new RealRegistry(signIn);
    }

    public ImageReference Image(string nameAndTag) => ImageReference.Parse($"{Authority}/{nameAndTag}");

    public static RegistryCredentials Credentials => new RegistryCredentials.Basic(User, SecretReference.Parse("env://REGISTRY_PASSWORD"));

    public static IReadOnlyDictionary<string, string> Secrets { get; } = new Dictionary<string, string> { ["env://REGISTRY_PASSWORD"] = Password };

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        _folder.Dispose();
    }

    private void WaitUntilItListens()
    {
        string[] parts = Authority.Split(':');
        for (long started = Stopwatch.GetTimestamp(); Stopwatch.GetElapsedTime(started) < TimeSpan.FromSeconds(20);)
        {
            try
            {
                using var probe = new TcpClient(parts[0], int.Parse(parts[1]));
                return;
            }
            catch (SocketException)
            {
                Assert.False(_process.HasExited, "docker-registry ended");
                Thread.Yield();
            }
        }

        Assert.Fail("docker-registry does not listen");
    }

    private static string Run(string program, params string[] arguments)
    {
        using Process process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return output;
    }
}
