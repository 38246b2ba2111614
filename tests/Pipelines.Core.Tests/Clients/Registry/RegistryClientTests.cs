using System.Net;
using System.Text;
using Pipelines.Core.Clients.Registry;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Registry;

public class RegistryClientTests
{
    private const string Manifest = """{"schemaVersion":2,"config":{"digest":"sha256:1111111111111111111111111111111111111111111111111111111111111111"},"layers":[]}""";

    private static readonly string ManifestDigest = Digests.Of(Encoding.UTF8.GetBytes(Manifest));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task FindDigestAsync_TagThere_IsItsDigest()
    {
        await using var server = new ScriptedServer((request, response) =>
        {
            response.Headers["Docker-Content-Digest"] = ManifestDigest;
            response.ContentType = MediaTypes.OciManifest;
        });
        Assert.Equal(ManifestDigest, await Client(server).FindDigestAsync(Reference(server), Token));
        ScriptedServer.Request request = Assert.Single(server.Requests);
        Assert.Equal(("HEAD", "/v2/team/app/manifests/v1"), (request.Method, request.Path));
        Assert.Contains(MediaTypes.OciIndex, request["Accept"], StringComparison.Ordinal);
        Assert.Contains(MediaTypes.DockerManifest, request["Accept"], StringComparison.Ordinal);
        Assert.Null(request["Authorization"]);
    }

    [Fact]
    public async Task FindDigestAsync_NoSuchTag_IsNull()
    {
        await using var server = new ScriptedServer((_, response) => response.StatusCode = 404);
        Assert.Null(await Client(server).FindDigestAsync(Reference(server), Token));
    }

    [Fact]
    public async Task FindDigestAsync_HeadWithoutDigest_ComputesItFromTheContent()
    {
        await using var server = new ScriptedServer((request, response) =>
        {
            if (request.Method == "GET")
                response.Write(200, Manifest, MediaTypes.OciManifest);
        });
        Assert.Equal(ManifestDigest, await Client(server).FindDigestAsync(Reference(server), Token));
    }

    [Fact]
    public async Task FindManifestAsync_ContentOfAnotherDigest_IsRefused()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, Manifest + " ", MediaTypes.OciManifest, ("Docker-Content-Digest", ManifestDigest)));
        RegistryAnswerException exception = await Assert.ThrowsAsync<RegistryAnswerException>(() => Client(server).FindManifestAsync(Reference(server), Token));
        Assert.Contains(ManifestDigest, exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
    }

    [Fact]
    public async Task FindDigestAsync_WebPage_SaysItIsNoRegistry()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, "<html>Sign in</html>", "text/html"));
        RegistryAnswerException exception = await Assert.ThrowsAsync<RegistryAnswerException>(() => Client(server).FindManifestAsync(Reference(server), Token));
        Assert.Contains("web page", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Sign in", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(429)]
    [InlineData(500)]
    [InlineData(503)]
    public async Task FindDigestAsync_Overloaded_IsTransient(int status)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, """{"errors":[{"code":"TOOMANYREQUESTS","message":"slow down"}]}"""));
        RegistryUnavailableException exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => Client(server).FindManifestAsync(Reference(server), Token));
        Assert.True(exception.IsTransient);
        Assert.Contains("TOOMANYREQUESTS, slow down", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindDigestAsync_NobodyListens_IsTransient()
    {
        var reference = ImageReference.Parse($"127.0.0.1:{ScriptedServer.FreePort()}/team/app:v1");
        RegistryUnavailableException exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => RegistryClient.For(reference, new RegistryCredentials.Anonymous(), new RecordingContext().Context).FindDigestAsync(reference, Token));
        Assert.True(exception.IsTransient);
        Assert.Contains("refused", exception.Message, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task FindDigestAsync_SilentRegistry_EndsAfterItsTimeLimit()
    {
        var asked = new TaskCompletionSource();
        var never = new TaskCompletionSource();
        await using var server = new ScriptedServer((_, _) =>
        {
            asked.TrySetResult();
            return never.Task;
        });
        var time = new ManualTime();
        ImageReference reference = Reference(server);
        Task<string?> lookup = RegistryClient.For(reference, new RegistryCredentials.Anonymous(), new RecordingContext(time: time).Context).FindDigestAsync(reference, Token);
        await asked.Task.WaitAsync(TimeSpan.FromSeconds(10), Token);
        time.Advance(TimeSpan.FromSeconds(61));
        RegistryUnavailableException exception = await Assert.ThrowsAsync<RegistryUnavailableException>(() => lookup);
        Assert.Contains("no answer within 1 min", exception.Message, StringComparison.Ordinal);
        never.SetResult();
    }

    [Fact]
    public async Task SendAsync_BasicChallenge_SignsInOnceAndRemembers()
    {
        await using var server = new ScriptedServer((request, response) =>
        {
            if (request["Authorization"] is null)
                response.Write(401, "{}", headers: ("WWW-Authenticate", "Basic realm=\"registry\""));
            else
                response.Write(200, Manifest, MediaTypes.OciManifest);
        });
        RegistryClient client = Client(server, user: "robot");
        await client.FindManifestAsync(Reference(server), Token);
        await client.FindManifestAsync(Reference(server), Token);
        Assert.Equal(3, server.Requests.Count);
        Assert.Equal("Basic " + Convert.ToBase64String("robot:s3cret"u8), server.Requests.Last()["Authorization"]);
    }

    [Fact]
    public async Task SendAsync_BearerChallenge_FetchesATokenForTheScopeAndKeepsIt()
    {
        string? realm = null;
        await using var server = new ScriptedServer((request, response) =>
        {
            if (request.Path.StartsWith("/token", StringComparison.Ordinal))
                response.Write(200, """{"access_token":"t0ken"}""");
            else if (request["Authorization"] != "Bearer t0ken")
                response.Write(401, "{}", headers: ("WWW-Authenticate", $"Bearer realm=\"{realm}\",service=\"the registry\",scope=\"repository:team/app:pull\""));
            else
                response.Write(200, Manifest, MediaTypes.OciManifest);
        });
        realm = $"http://{server.Authority}/token";
        RegistryClient client = Client(server, user: "robot");
        await client.FindManifestAsync(Reference(server), Token);
        await client.FindManifestAsync(Reference(server), Token);
        ScriptedServer.Request token = Assert.Single(server.Requests, request => request.Path.StartsWith("/token", StringComparison.Ordinal));
        Assert.Equal("/token?service=the%20registry&scope=repository%3Ateam%2Fapp%3Apull", token.Path);
        Assert.StartsWith("Basic ", token["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_AnonymousAndRefused_AsksForCredentialsWithExitCode3()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(401, """{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}""", headers: ("WWW-Authenticate", "Basic realm=\"x\"")));
        RegistryAccessDeniedException exception = await Assert.ThrowsAsync<RegistryAccessDeniedException>(() => Client(server).FindManifestAsync(Reference(server), Token));
        Assert.Equal(FailureKind.MissingPrerequisite, exception.Kind);
        Assert.Contains("UNAUTHORIZED", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_WrongPassword_IsDeniedAndNeverShown()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(401, "{}", headers: ("WWW-Authenticate", "Basic realm=\"x\"")));
        RegistryAccessDeniedException exception = await Assert.ThrowsAsync<RegistryAccessDeniedException>(() => Client(server, user: "robot").FindManifestAsync(Reference(server), Token));
        Assert.Equal(FailureKind.Failed, exception.Kind);
        Assert.False(exception.IsTransient);
        Assert.DoesNotContain("s3cret", exception.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task SendAsync_RedirectToAnotherHost_TakesNoCredentialsAlong()
    {
        await using var store = new ScriptedServer((_, response) => response.Write(200, Manifest, MediaTypes.OciManifest));
        await using var server = new ScriptedServer((request, response) =>
        {
            if (request["Authorization"] is null)
                response.Write(401, "{}", headers: ("WWW-Authenticate", "Basic realm=\"x\""));
            else
                response.Write(307, "", headers: ("Location", $"http://{store.Authority}/signed?x=1"));
        });
        Assert.NotNull(await Client(server, user: "robot").FindManifestAsync(Reference(server), Token));
        Assert.Null(Assert.Single(store.Requests)["Authorization"]);
    }

    [Fact]
    public async Task UploadBlobAsync_UnknownEcrRepository_SaysHowToCreateIt()
    {
        await using var server = new ScriptedServer((request, response) => response.Write(404, request.Method == "HEAD" ? "" : """{"errors":[{"code":"NAME_UNKNOWN","message":"The repository with name 'team/app' does not exist"}]}"""));
        var reference = ImageReference.Parse("123456789012.dkr.ecr.ap-south-1.amazonaws.com/team/app:v1");
        RecordingContext recording = new();
        var client = new RegistryClient(Core.Clients.Http.SharedHttp.Client, server.Address, reference.Registry!, _ => Task.FromResult<RegistryLogin?>(null), recording.Context.Secrets, TimeProvider.System);
        using var content = new MemoryStream([1, 2, 3]);
        RegistryRepositoryNotFoundException exception = await Assert.ThrowsAsync<RegistryRepositoryNotFoundException>(() => client.UploadBlobAsync(reference, Digests.Of([1, 2, 3]), content, Token));
        Assert.Contains("aws ecr create-repository --region ap-south-1 --repository-name team/app", exception.Message, StringComparison.Ordinal);
        Assert.Contains("NAME_UNKNOWN", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UploadBlobAsync_BrokenInTheMiddle_GoesOnFromWhatHasArrived()
    {
        byte[] blob = [.. Enumerable.Range(0, 1000).Select(index => (byte)index)];
        var received = new List<byte>();
        int patches = 0;
        await using var server = new ScriptedServer((request, response) =>
        {
            switch (request.Method)
            {
                case "HEAD":
                    response.StatusCode = 404;
                    break;
                case "POST":
                    response.StatusCode = 202;
                    response.Headers["Location"] = "/v2/team/app/blobs/uploads/1?state=a"; // relative
                    break;
                case "PATCH" when ++patches == 2:
                    received.AddRange(request.Body.Take(100)); // a part of it arrives, then the connection is gone
                    response.ContentLength64 = 100;
                    response.OutputStream.Write([1]);
                    response.OutputStream.Flush();
                    response.Abort();
                    break;
                case "PATCH":
                    Assert.Equal($"{received.Count}-{received.Count + request.Body.Length - 1}", request["Content-Range"]);
                    received.AddRange(request.Body);
                    response.StatusCode = 202;
                    response.Headers["Location"] = $"http://{request["Host"]}/v2/team/app/blobs/uploads/1?state=b"; // absolute
                    break;
                case "GET":
                    response.StatusCode = 204;
                    response.Headers["Location"] = "/v2/team/app/blobs/uploads/1?state=c";
                    response.Headers["Range"] = $"0-{received.Count - 1}";
                    break;
                default:
                    response.StatusCode = 201;
                    break;
            }
        });
        using var content = new MemoryStream(blob);
        RecordingContext recording = new();
        ImageReference reference = Reference(server);
        var client = new RegistryClient(Core.Clients.Http.SharedHttp.Client, server.Address, server.Authority, _ => Task.FromResult<RegistryLogin?>(null), recording.Context.Secrets, TimeProvider.System)
        {
            ChunkSize = 300,
            BreakDelay = TimeSpan.Zero,
        };
        Assert.True(await client.UploadBlobAsync(reference, Digests.Of(blob), content, Token));
        Assert.Equal(blob, received);
        Assert.Contains($"state=b&digest={Uri.EscapeDataString(Digests.Of(blob))}", server.Requests.Last().Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UploadBlobAsync_AlreadyThere_SendsNothing()
    {
        await using var server = new ScriptedServer((_, response) => response.StatusCode = 200);
        using var content = new MemoryStream([1]);
        Assert.False(await Client(server).UploadBlobAsync(Reference(server), Digests.Of([1]), content, Token));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task PutManifestAsync_RegistryHoldsAnotherDigest_IsRefused()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(201, "", headers: ("Docker-Content-Digest", "sha256:" + new string('0', 64))));
        await Assert.ThrowsAsync<RegistryAnswerException>(() => Client(server).PutManifestAsync(Reference(server), Encoding.UTF8.GetBytes(Manifest), MediaTypes.OciManifest, Token));
    }

    [Theory]
    [InlineData("registry.example.com/app", "https://registry.example.com/")]
    [InlineData("localhost:5000/app", "http://localhost:5000/")]
    [InlineData("127.3.2.1:5000/app", "http://127.3.2.1:5000/")]
    [InlineData("[::1]:5000/app", "http://[::1]:5000/")]
    [InlineData("docker.io/team/app", "https://registry-1.docker.io/")]
    [InlineData("localhost.example.com/app", "https://localhost.example.com/")]
    public void AddressOf_Host_IsHttpsExceptOnLoopback(string reference, string address) => Assert.Equal(address, RegistryAddress.Of(ImageReference.Parse(reference)).ToString());

    [Theory]
    [InlineData("123456789012.dkr.ecr.ap-south-1.amazonaws.com/app", "ap-south-1")]
    [InlineData("123456789012.dkr.ecr.cn-north-1.amazonaws.com.cn/app", "cn-north-1")]
    [InlineData("123456789012.dkr.ecr.ap-south-1.amazonaws.com.evil.example/app", null)]
    [InlineData("registry.example.com/app", null)]
    public void CredentialsFor_Host_PicksEcrForAmazonsRegistries(string reference, string? region) =>
        Assert.Equal(region, (RegistryCredentials.For(ImageReference.Parse(reference)) as RegistryCredentials.Ecr)?.Region);

    private static ImageReference Reference(ScriptedServer server) => ImageReference.Parse($"{server.Authority}/team/app:v1");

    private static RegistryClient Client(ScriptedServer server, string? user = null)
    {
        var recording = new RecordingContext(secrets: new Dictionary<string, string> { ["env://PASSWORD"] = "s3cret" });
        return RegistryClient.For(Reference(server), user is null ? new RegistryCredentials.Anonymous() : new RegistryCredentials.Basic(user, SecretReference.Parse("env://PASSWORD")), recording.Context);
    }
}
