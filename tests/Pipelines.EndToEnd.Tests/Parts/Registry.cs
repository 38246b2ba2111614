using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>The real registry (Debian's <c>docker-registry</c>) with the user <c>AWS</c>, as ECR has, and a person's view of what it holds.</summary>
internal sealed class Registry : IAsyncDisposable
{
    public const string User = "AWS";

    private const string Manifest = "application/vnd.docker.distribution.manifest.v2+json";

    private readonly TemporaryDirectory _folder = new();
    private readonly HttpClient _http;
    private Process? _process;

    private Registry()
    {
        Authority = $"127.0.0.1:{Machine.FreePort()}";
        _http = new HttpClient { BaseAddress = new Uri($"http://{Authority}/v2/") };
        _http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Basic", Credential);
        _http.DefaultRequestHeaders.Accept.ParseAdd($"{Manifest}, application/vnd.oci.image.manifest.v1+json");
    }

    /// <summary>Host and port.</summary>
    public string Authority { get; }

    public string Password { get; } = Machine.NewSecret("registry");

    /// <summary>User and password as they go over the wire.</summary>
    public string Credential => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{User}:{Password}"));

    public static async Task<Registry> StartAsync()
    {
        var registry = new Registry();
        try
        {
            string users = registry._folder.Write("htpasswd", await Machine.RunAsync(new Command("htpasswd", "-Bin", User).WithInput(registry.Password)));
            string configuration = registry._folder.Write("config.yml", $"""
                version: 0.1
                log: {"{"} level: warn {"}"}
                storage: {"{"} filesystem: {"{"} rootdirectory: {registry._folder.Path}/data {"}"} {"}"}
                http: {"{"} addr: {registry.Authority} {"}"}
                auth: {"{"} htpasswd: {"{"} realm: e2e, path: {users} {"}"} {"}"}

                """);
            registry._process = await Machine.StartAsync("docker-registry", () => Machine.ListensAsync(int.Parse(registry.Authority.Split(':')[1])), "serve", configuration);
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    /// <summary>The tags of a repository; none where it does not exist.</summary>
    public async Task<IReadOnlyList<string>> TagsAsync(string repository)
    {
        using HttpResponseMessage answer = await _http.GetAsync($"{repository}/tags/list");
        if (answer.StatusCode == HttpStatusCode.NotFound)
            return [];
        using var document = JsonDocument.Parse(await answer.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("tags") is { ValueKind: JsonValueKind.Array } tags ? [.. tags.EnumerateArray().Select(tag => tag.GetString()!)] : [];
    }

    /// <summary>The digest that a tag stands for.</summary>
    public async Task<string> DigestAsync(string repository, string tag)
    {
        using HttpResponseMessage answer = await _http.SendAsync(new HttpRequestMessage(HttpMethod.Head, $"{repository}/manifests/{tag}"));
        return answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    /// <summary>Puts an image without layers under a tag, as somebody else may at any moment.</summary>
    /// <returns>Its digest.</returns>
    public async Task<string> PutOtherImageAsync(string repository, string tag)
    {
        byte[] configuration = Encoding.UTF8.GetBytes("""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[]}}""");
        string digest = "sha256:" + Convert.ToHexStringLower(SHA256.HashData(configuration));
        using HttpResponseMessage upload = await _http.PostAsync($"{repository}/blobs/uploads/", null);
        string separator = upload.EnsureSuccessStatusCode().Headers.Location!.OriginalString.Contains('?', StringComparison.Ordinal) ? "&" : "?";
        using HttpResponseMessage blob = await _http.PutAsync($"{upload.Headers.Location!.OriginalString}{separator}digest={digest}", new ByteArrayContent(configuration));
        blob.EnsureSuccessStatusCode();
        var manifest = new StringContent($$"""{"schemaVersion":2,"mediaType":"{{Manifest}}","config":{"mediaType":"application/vnd.docker.container.image.v1+json","size":{{configuration.Length}},"digest":"{{digest}}"},"layers":[]}""");
        manifest.Headers.ContentType = new MediaTypeHeaderValue(Manifest);
        using HttpResponseMessage answer = await _http.PutAsync($"{repository}/manifests/{tag}", manifest);
        return answer.EnsureSuccessStatusCode().Headers.GetValues("Docker-Content-Digest").Single();
    }

    public async ValueTask DisposeAsync()
    {
        _http.Dispose();
        await Machine.EndAsync(_process);
        _folder.Dispose();
    }
}
