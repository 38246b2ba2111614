using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Pipelines.Core.Model;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Verify;

public class SmokeTestTests
{
    private const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private static readonly TimeSpan[] s_backoff = [.. new[] { 0.25, 0.5, 1, 2, 4, 8 }.Select(TimeSpan.FromSeconds)];

    private readonly RecordingContext _context = new(time: new ManualTime { AutoAdvance = false });

    [Fact]
    public async Task RunAsync_Healthy_ProvesAndReportsLatency()
    {
        using var server = new AnswerServer("200 OK\n{\"version\":\"0123456789\"}");
        ProvenDeployment proven = await new SmokeTest(server.Url + "{environment}/{app}/health") { VersionJsonKey = "version" }.RunAsync(MakeDeployment(), _context.Context, default);

        Assert.Equal($"200 from {server.Url}staging/order-service/health in 0 ms", proven.Proof);
        Assert.Equal(proven.Proof, _context.Fact("smoke test"));
        Assert.StartsWith("GET /staging/order-service/health ", server.Requests[0], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_OldVersionFirst_WaitsForTheDeployedOne()
    {
        using var server = new AnswerServer("503 Service Unavailable\nstarting", "200 OK\n{\"build\":{\"version\":\"old\"}}", $"200 OK\n{{\"build\":{{\"version\":\"{Commit}\"}}}}");
        var context = new RecordingContext(time: new ManualTime { AutoAdvance = false });
        Task<ProvenDeployment> running = new SmokeTest(server.Url) { VersionJsonKey = "build.version" }.RunAsync(MakeDeployment(), context.Context, default);
        await PumpAsync((ManualTime)context.Context.Time, running);

        Assert.EndsWith("attempt 3", (await running).Proof, StringComparison.Ordinal);
        Assert.Contains("'build.version' is 'old', not the deployed tag", context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NeverWell_SaysEachDistinctThingOnce()
    {
        using var server = new AnswerServer("503 Service Unavailable\n no   database ", "200 OK\nhello", "200 OK\n{\"other\":1}", "302 Found\nLocation: http://user:pw@else.example.com/login\n\n");
        SmokeTestFailedException error = await FailAsync(new SmokeTest(server.Url) { VersionJsonKey = "version", Timeout = TimeSpan.FromSeconds(15) });

        Assert.Contains("1× status 503 instead of 200: no database", error.Message, StringComparison.Ordinal);
        Assert.Contains("1× the body is no JSON, so it has no 'version': hello", error.Message, StringComparison.Ordinal);
        Assert.Contains("1× the body has no 'version': {\"other\":1}", error.Message, StringComparison.Ordinal);
        Assert.Contains("× status 302 instead of 200, a redirect to http://else.example.com/login", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("pw", error.Message, StringComparison.Ordinal);
        Assert.Contains("FollowRedirects", error.Advice, StringComparison.Ordinal);
        Assert.Equal(4, error.Seen.Count);
        Assert.False(error.IsTransient);
    }

    [Fact]
    public async Task RunAsync_FollowRedirects_TestsTheLastAddress()
    {
        using var server = new AnswerServer("302 Found\nLocation: /there\n\n", "200 OK\nok");
        await new SmokeTest(server.Url) { FollowRedirects = true }.RunAsync(MakeDeployment(), _context.Context, default);
        Assert.StartsWith("GET /there ", server.Requests[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_BodyMismatch_Fails()
    {
        using var server = new AnswerServer("200 OK\nmaintenance");
        SmokeTestFailedException error = await FailAsync(new SmokeTest(server.Url) { BodyContains = "\"ok\"", Timeout = TimeSpan.FromSeconds(5) });
        Assert.Contains("the body does not contain '\"ok\"': maintenance", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TagNotInBody_IsTheOldVersion()
    {
        using var server = new AnswerServer("200 OK\nversion 1");
        Assert.Contains("does not name the deployed tag " + Commit, (await FailAsync(new SmokeTest(server.Url) { BodyContainsTag = true, Timeout = TimeSpan.FromSeconds(1.1) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ExpectedStatus_IsTheProof()
    {
        using var server = new AnswerServer("401 Unauthorized\n");
        Assert.StartsWith("401 from ", (await new SmokeTest(new Uri(server.Url)) { ExpectedStatus = 401 }.RunAsync(MakeDeployment(), _context.Context, default)).Proof, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NobodyListens_IsRefusedUntilTheTimeIsOver()
    {
        int port;
        using (var listener = new TcpListener(IPAddress.Loopback, 0))
        {
            listener.Start();
            port = ((IPEndPoint)listener.LocalEndpoint).Port;
        }

        SmokeTestFailedException error = await FailAsync(new SmokeTest($"http://127.0.0.1:{port}/") { Timeout = TimeSpan.FromSeconds(100) });
        Assert.Contains($"connection refused by 127.0.0.1:{port}", Assert.Single(error.Seen), StringComparison.Ordinal);
        Assert.Contains("0.0.0.0", error.Advice, StringComparison.Ordinal);
        Assert.Contains("failed after 95.8 s", error.What, StringComparison.Ordinal); // the next wait would be longer than what is left
    }

    [Fact]
    public async Task RunAsync_UnknownHost_IsDns() =>
        Assert.Contains("DNS: the host nowhere.invalid is not known", (await FailAsync(new SmokeTest("http://nowhere.invalid/") { Timeout = TimeSpan.FromMilliseconds(100) })).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_CertificateNobodyTrusts_EndsAfterThreeAttempts()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        using X509Certificate2 certificate = request.CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        using var server = new AnswerServer("200 OK\nok") { Certificate = certificate };
        SmokeTestFailedException error = await FailAsync(new SmokeTest(server.Url.Replace("http:", "https:", StringComparison.Ordinal)));
        Assert.StartsWith("3× TLS:", Assert.Single(error.Seen), StringComparison.Ordinal);
        Assert.Contains("asking again would not help", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_NoAnswer_IsLimitedByTheRequestTimeout()
    {
        using var server = new AnswerServer(AnswerServer.Silence);
        var time = new ManualTime();
        Task<ProvenDeployment> running = new SmokeTest(server.Url) { RequestTimeout = TimeSpan.FromSeconds(7), Timeout = TimeSpan.FromSeconds(7.1) }.RunAsync(MakeDeployment(), new RecordingContext(time: time).Context, default);
        time.Advance(TimeSpan.FromSeconds(7));
        SmokeTestFailedException error = await Assert.ThrowsAsync<SmokeTestFailedException>(() => running);
        Assert.Contains("no answer within 7 s", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TimeIsOverDuringARequest_TellsWhatTheServiceSaidBefore()
    {
        using var server = new AnswerServer("503 Service Unavailable\nno database", AnswerServer.Silence);
        var time = new ManualTime();
        Task<ProvenDeployment> running = new SmokeTest(server.Url) { Timeout = TimeSpan.FromSeconds(4), RequestTimeout = TimeSpan.FromSeconds(10) }.RunAsync(MakeDeployment(), new RecordingContext(time: time).Context, default);
        while (!time.Waits.Contains(s_backoff[0]))
            await Task.Yield();
        time.Advance(s_backoff[0]);
        while (server.Requests.Count < 2)
            await Task.Yield();
        time.Advance(TimeSpan.FromSeconds(4));
        SmokeTestFailedException error = await Assert.ThrowsAsync<SmokeTestFailedException>(() => running);

        Assert.Contains("status 503", Assert.Single(error.Seen), StringComparison.Ordinal);
        Assert.Contains("logs of order-service", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_EndlessBody_ReadsOneMegabyte()
    {
        using var server = new AnswerServer("200 OK\n" + new string('x', 3 * 1024 * 1024) + "end");
        Assert.Contains("does not contain 'end'", (await FailAsync(new SmokeTest(server.Url) { BodyContains = "end", Timeout = TimeSpan.FromMilliseconds(100) })).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Cancelled_Ends()
    {
        using var server = new AnswerServer(AnswerServer.Silence);
        using var cancellation = new CancellationTokenSource();
        Task<ProvenDeployment> running = new SmokeTest(server.Url).RunAsync(MakeDeployment(), _context.Context, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Theory]
    [InlineData("")]
    [InlineData("/health")]
    [InlineData("staging.example.com/health")]
    [InlineData("ftp://staging.example.com/")]
    [InlineData("https://{namespace}.example.com/")]
    public void New_NoAddress_IsRefused(string url) => Assert.Throws<ArgumentException>(() => new SmokeTest(url));

    [Fact]
    public void New_WithPassword_IsRefusedWithoutRepeatingIt() =>
        Assert.DoesNotContain("hunter2", Assert.Throws<ArgumentException>(() => new SmokeTest("https://me:hunter2@example.com/")).Message, StringComparison.Ordinal);

    private static async Task<SmokeTestFailedException> FailAsync(SmokeTest test)
    {
        var time = new ManualTime();
        Task<ProvenDeployment> running = test.RunAsync(MakeDeployment(), new RecordingContext(time: time).Context, default);
        await PumpAsync(time, running);
        return await Assert.ThrowsAsync<SmokeTestFailedException>(() => running);
    }

    // The requests take real time, the waits between them don't: the clock moves by each wait as it is asked for, never during a request.
    private static async Task PumpAsync(ManualTime time, Task running)
    {
        int seen = 0;
        while (!running.IsCompleted)
        {
            IReadOnlyList<TimeSpan> waits = time.Waits;
            for (; seen < waits.Count; seen++)
                if (s_backoff.Contains(waits[seen]))
                    time.Advance(waits[seen]);
            await Task.WhenAny(running, Task.Delay(2));
        }
    }

    private static Deployment MakeDeployment()
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order-service:{Commit}");
        var built = new BuiltImage(reference, "sha256:" + new string('1', 64), new ImageLocation.DockerEngine(), new SourceRevision(Commit, "main", null, [], Commit, default));
        var published = new PublishedImage(reference, "sha256:" + new string('2', 64), new ScannedImage(built, new ScanResult("none", [], [], [])));
        var environment = new DeploymentEnvironment { Name = "staging", App = "order-service", Manifest = new ManifestTarget { Repository = "x", File = "y" } };
        return new Deployment(published, environment, new string('a', 40), true, "old");
    }
}
