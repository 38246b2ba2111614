using System.Net;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Registry;

public class RegistryStandInTests
{
    private const string ManifestType = "application/vnd.oci.image.manifest.v1+json";

    [Theory]
    [InlineData(null)]
    [InlineData("wrong")]
    public async Task Any_WithoutTheToken_IsChallengedForBasic(string? password)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var stranger = new HttpClient { BaseAddress = fixture.Registry.BaseAddress };
        if (password is not null)
            stranger.DefaultRequestHeaders.Authorization = SandboxFixture.Basic("AWS", password);
        HttpResponseMessage answer = await stranger.GetAsync("/v2/");

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Equal("Basic", Assert.Single(answer.Headers.WwwAuthenticate).Scheme);
        Assert.Equal("UNAUTHORIZED", await CodeAsync(answer));
    }

    [Fact]
    public async Task Push_InChunks_ResumesAndKeepsTagAndDigestForTheNextProcess()
    {
        using var directory = new TemporaryDirectory();
        string digest;
        await using (SandboxFixture fixture = await SandboxFixture.StartAsync(directory: directory))
        {
            byte[] layer = Encoding.UTF8.GetBytes("0123456789");
            Uri location = (await fixture.Registry.PostAsync("/v2/order-service/blobs/uploads/", null)).Headers.Location!;
            HttpResponseMessage first = await PatchAsync(fixture, location, layer[..4], "0-3");
            Assert.Equal(HttpStatusCode.Accepted, first.StatusCode);
            HttpResponseMessage skipped = await PatchAsync(fixture, location, layer[6..], "6-9");
            Assert.Equal(HttpStatusCode.RequestedRangeNotSatisfiable, skipped.StatusCode);
            HttpResponseMessage status = await fixture.Registry.GetAsync(location);
            Assert.Equal((HttpStatusCode.NoContent, "0-3"), (status.StatusCode, Range(status)));
            await PatchAsync(fixture, location, layer[4..], "4-9");
            HttpResponseMessage done = await fixture.Registry.PutAsync($"{location}?digest={Digest(layer)}", new ByteArrayContent([]));
            Assert.Equal(HttpStatusCode.Created, done.StatusCode);
            digest = await PutManifestAsync(fixture, "order-service", layer, "v1");
        }

        await using SandboxFixture next = await SandboxFixture.StartAsync(directory: directory);
        HttpResponseMessage head = await next.Registry.SendAsync(new HttpRequestMessage(HttpMethod.Head, "/v2/order-service/manifests/v1"));
        Assert.Equal(digest, head.Headers.GetValues("Docker-Content-Digest").Single());
        Assert.Equal(ManifestType, head.Content.Headers.ContentType!.MediaType);
        Assert.Equal("{\"name\":\"order-service\",\"tags\":[\"v1\"]}", await next.Registry.GetStringAsync("/v2/order-service/tags/list"));
        Assert.Equal("0123456789", await next.Registry.GetStringAsync($"/v2/order-service/blobs/{Digest(Encoding.UTF8.GetBytes("0123456789"))}"));
        Assert.Equal(HttpStatusCode.OK, (await next.Registry.GetAsync($"/v2/order-service/manifests/{digest}")).StatusCode);
    }

    [Fact]
    public async Task PutBlob_OtherContent_IsDigestInvalid()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        HttpResponseMessage answer = await fixture.Registry.PostAsync($"/v2/a/blobs/uploads/?digest={Digest([1])}", new ByteArrayContent([2]));
        Assert.Equal((HttpStatusCode.BadRequest, "DIGEST_INVALID"), (answer.StatusCode, await CodeAsync(answer)));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Registry.GetAsync($"/v2/a/blobs/{Digest([1])}")).StatusCode);
    }

    [Fact]
    public async Task PutManifest_MissingLayer_IsManifestBlobUnknown()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        HttpResponseMessage answer = await fixture.Registry.PutAsync("/v2/a/manifests/v1", Manifest([9]));
        Assert.Equal("MANIFEST_BLOB_UNKNOWN", await CodeAsync(answer));
        Assert.Equal("MANIFEST_UNKNOWN", await CodeAsync(await fixture.Registry.GetAsync("/v2/a/manifests/v1")));
    }

    [Fact]
    public async Task Mount_FromAnotherRepository_NeedsNoUpload()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        await fixture.Registry.PostAsync($"/v2/a/blobs/uploads/?digest={Digest([1])}", new ByteArrayContent([1]));
        Assert.Equal(HttpStatusCode.NotFound, (await fixture.Registry.GetAsync($"/v2/b/blobs/{Digest([1])}")).StatusCode);
        Assert.Equal(HttpStatusCode.Created, (await fixture.Registry.PostAsync($"/v2/b/blobs/uploads/?mount={Digest([1])}&from=a", null)).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Registry.GetAsync($"/v2/b/blobs/{Digest([1])}")).StatusCode);
        Assert.Equal(HttpStatusCode.Accepted, (await fixture.Registry.PostAsync($"/v2/b/blobs/uploads/?mount={Digest([2])}&from=a", null)).StatusCode);
    }

    [Theory]
    [InlineData("/v2/../../etc/manifests/x")]
    [InlineData("/v2/a/manifests/..%2f..%2fx")]
    [InlineData("/v2/A/tags/list")]
    [InlineData("/v2/a/blobs/uploads/..%2F..%2Flock")]
    public async Task Any_StrangePath_IsRefused(string path)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        Assert.InRange((int)(await fixture.Registry.GetAsync(path)).StatusCode, 400, 499);
    }

    [Fact]
    public async Task Upload_FaultRegistry_Is500()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.Registry);
        Assert.Equal(HttpStatusCode.InternalServerError, (await fixture.Registry.PostAsync("/v2/a/blobs/uploads/", null)).StatusCode);
        Assert.Equal(HttpStatusCode.InternalServerError, (await fixture.Registry.PutAsync("/v2/a/manifests/v1", Manifest([1]))).StatusCode);
        Assert.Equal(HttpStatusCode.OK, (await fixture.Registry.GetAsync("/v2/")).StatusCode);
    }

    [Fact]
    public async Task Copy_BySkopeo_ComesBackByteForByte()
    {
        Assert.SkipUnless(Environment.GetEnvironmentVariable("PATH")!.Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, "skopeo"))), "skopeo is not installed");
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        string layout = Layout(Path.Combine(fixture.Folder, "layout"));
        string credentials = $"{fixture.Sandbox.RegistryUser}:{fixture.Sandbox.RegistryPassword.Reveal()}";
        string image = $"docker://{fixture.Sandbox.RegistryHost}/team/order-service:v1";

        (int exit, string output) = SandboxFixture.Run("skopeo", fixture.Folder, "--insecure-policy", "copy", "--preserve-digests", "--dest-tls-verify=false", "--dest-creds", credentials, $"oci:{layout}:v1", image);
        Assert.True(exit == 0, output);
        (exit, output) = SandboxFixture.Run("skopeo", fixture.Folder, "--insecure-policy", "copy", "--preserve-digests", "--src-tls-verify=false", "--src-creds", credentials, image, $"oci:{layout}-back:v1");
        Assert.True(exit == 0, output);

        string[] blobs = [.. Directory.EnumerateFiles(Path.Combine(layout, "blobs", "sha256")).Select(path => Path.GetFileName(path)).Order()];
        Assert.Equal(blobs, Directory.EnumerateFiles(Path.Combine(layout + "-back", "blobs", "sha256")).Select(path => Path.GetFileName(path)).Order());
    }

    private static string Layout(string folder)
    {
        Directory.CreateDirectory(Path.Combine(folder, "blobs", "sha256"));
        using var tar = new MemoryStream();
        using (var writer = new System.Formats.Tar.TarWriter(tar, leaveOpen: true))
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "hello") { DataStream = new MemoryStream([1, 2, 3]) });
        byte[] layer = tar.ToArray();
        byte[] config = Encoding.UTF8.GetBytes($$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":["{{Digest(layer)}}"] } }""");
        byte[] manifest = Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"mediaType":"{{ManifestType}}","config":{"mediaType":"application/vnd.oci.image.config.v1+json","digest":"{{Digest(config)}}","size":{{config.Length}} },"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar","digest":"{{Digest(layer)}}","size":{{layer.Length}} }]}""");
        foreach (byte[] blob in new[] { layer, config, manifest })
            File.WriteAllBytes(Path.Combine(folder, "blobs", "sha256", Digest(blob)[7..]), blob);
        File.WriteAllText(Path.Combine(folder, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        File.WriteAllText(Path.Combine(folder, "index.json"), $$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{ManifestType}}","digest":"{{Digest(manifest)}}","size":{{manifest.Length}},"annotations":{"org.opencontainers.image.ref.name":"v1"} }]}""");
        return folder;
    }

    private static async Task<string> PutManifestAsync(SandboxFixture fixture, string repository, byte[] layer, string tag)
    {
        HttpResponseMessage answer = await fixture.Registry.PutAsync($"/v2/{repository}/manifests/{tag}", Manifest(layer));
        Assert.Equal(HttpStatusCode.Created, answer.StatusCode);
        return answer.Headers.GetValues("Docker-Content-Digest").Single();
    }

    private static ByteArrayContent Manifest(byte[] layer)
    {
        var content = new ByteArrayContent(Encoding.UTF8.GetBytes($$"""{"schemaVersion":2,"layers":[{"mediaType":"x","digest":"{{Digest(layer)}}","size":{{layer.Length}} }]}"""));
        content.Headers.ContentType = new MediaTypeHeaderValue(ManifestType);
        return content;
    }

    private static Task<HttpResponseMessage> PatchAsync(SandboxFixture fixture, Uri location, byte[] chunk, string range)
    {
        var content = new ByteArrayContent(chunk);
        content.Headers.TryAddWithoutValidation("Content-Range", range);
        return fixture.Registry.PatchAsync(location, content);
    }

    private static string Range(HttpResponseMessage answer) => answer.Headers.TryGetValues("Range", out IEnumerable<string>? values) ? values.Single() : "";

    private static async Task<string?> CodeAsync(HttpResponseMessage answer)
    {
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("errors")[0].GetProperty("code").GetString();
    }

    private static string Digest(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));
}
