using System.Net;
using System.Text.Json;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.ArgoCd;

public class ArgoCdStandInTests
{
    private const string Path = "api/v1/applications/order-service-staging";

    [Fact]
    public async Task Get_WithoutToken_Is401InJson()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var anonymous = new HttpClient { BaseAddress = fixture.Sandbox.ArgoCd };
        HttpResponseMessage answer = await anonymous.GetAsync(Path);

        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains("\"code\":16", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", HttpStatusCode.Forbidden, "permission denied")]
    [InlineData("?project=default", HttpStatusCode.NotFound, "not found")]
    public async Task Get_UnknownApplication_AnswersAsArgoCdDoes(string query, HttpStatusCode status, string message)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        HttpResponseMessage answer = await fixture.ArgoCd.GetAsync("api/v1/applications/other" + query);

        Assert.Equal(status, answer.StatusCode);
        Assert.Contains(message, await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Watch_Push_GoesThroughSyncToHealthy()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        await using Watch watch = await Watch.StartAsync(fixture);
        JsonElement first = await watch.NextAsync();
        (string commit, _, _) = fixture.Push("aaa");

        var seen = new List<string>();
        JsonElement application;
        do
        {
            application = await watch.NextAsync();
            seen.Add(Word(application));
        }
        while (!(Word(application) == "Synced Healthy" && Revision(application) == commit));

        Assert.Equal("Synced Healthy", Word(first));
        Assert.Equal(["OutOfSync Healthy", "OutOfSync Healthy", "Synced Progressing", "Synced Healthy"], seen); // kargo#6357: Healthy before it is synced
        JsonElement operation = application.GetProperty("status").GetProperty("operationState");
        Assert.Equal("Succeeded", operation.GetProperty("phase").GetString());
        Assert.Equal(commit, operation.GetProperty("syncResult").GetProperty("revision").GetString());
        Assert.Equal("aaa", await VersionAsync(fixture));
    }

    [Fact]
    public async Task Watch_AnotherServicesCommit_ChangesTheRevisionOnly()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.PushConflict);
        await using Watch watch = await Watch.StartAsync(fixture);
        await watch.NextAsync();
        Assert.False(fixture.Push("aaa").Pushed);

        JsonElement application = await watch.NextAsync();
        Assert.Equal("Synced Healthy", Word(application));
        Assert.Equal(fixture.Git("rev-parse", "main").Trim(), Revision(application));
    }

    [Fact]
    public async Task Watch_FaultDegraded_IsDegradedUntilTheRevert()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.ArgoCdDegraded);
        await using Watch watch = await Watch.StartAsync(fixture);
        fixture.Push("aaa");
        JsonElement degraded = await watch.UntilAsync("Synced Degraded");
        JsonElement deployment = degraded.GetProperty("status").GetProperty("resources").EnumerateArray().Single(resource => resource.GetProperty("kind").GetString() == "Deployment");
        Assert.Equal("Deployment \"order-service\" exceeded its progress deadline", deployment.GetProperty("health").GetProperty("message").GetString());
        Assert.Equal("", await VersionAsync(fixture)); // as with a rolling update the old pods go on answering

        fixture.Push("");
        await watch.UntilAsync("Synced Healthy");
    }

    [Fact]
    public async Task Get_NewProcess_StartsFromWhatWasDeployed()
    {
        using var directory = new TemporaryDirectory();
        await using (SandboxFixture first = await SandboxFixture.StartAsync(directory: directory))
        {
            await using Watch watch = await Watch.StartAsync(first);
            await watch.NextAsync();
            first.Push("aaa");
            await watch.UntilAsync("Synced Healthy");
        }

        // A push while nothing runs, and the degraded fault: aaa was healthy before, so going back to it is.
        await using SandboxFixture second = await SandboxFixture.StartAsync(SandboxFaults.ArgoCdDegraded, directory);
        second.Push("bbb");
        await using Watch again = await Watch.StartAsync(second);
        Assert.Equal("OutOfSync Healthy", Word(await again.NextAsync()));
        await again.UntilAsync("Synced Degraded");
        Assert.Equal("aaa", await VersionAsync(second));
        second.Push("aaa");
        await again.UntilAsync("Synced Healthy");
    }

    [Fact]
    public async Task Get_ManifestGone_IsAComparisonError()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        string nothing = fixture.Git("hash-object", "-w", "-t", "tree", "/dev/null").Trim();
        string commit = fixture.Git("-c", "user.name=T", "-c", "user.email=t@example.com", "commit-tree", nothing, "-p", "main", "-m", "Remove everything").Trim();
        fixture.Git("update-ref", "refs/heads/main", commit);
        using JsonDocument document = JsonDocument.Parse(await fixture.ArgoCd.GetStringAsync(Path + "?refresh=normal"));

        Assert.Equal("Unknown Missing", Word(document.RootElement));
        Assert.Contains("no such file", document.RootElement.GetProperty("status").GetProperty("conditions")[0].GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Workload_FaultSmoke_FailsTheNewVersionOnly()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.Smoke);
        await using Watch watch = await Watch.StartAsync(fixture);
        await watch.NextAsync();
        fixture.Push("aaa");
        await watch.UntilAsync("Synced Healthy");
        using var http = new HttpClient();
        HttpResponseMessage answer = await http.GetAsync(fixture.Sandbox.Workload("staging") + "/health");

        Assert.Equal(HttpStatusCode.ServiceUnavailable, answer.StatusCode);
        Assert.Equal("stand-in", answer.Headers.GetValues("X-Sandbox").Single());
        Assert.Contains("\"version\":\"aaa\"", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    private static string Word(JsonElement application) =>
        $"{application.GetProperty("status").GetProperty("sync").GetProperty("status").GetString()} {application.GetProperty("status").GetProperty("health").GetProperty("status").GetString()}";

    private static string? Revision(JsonElement application) => application.GetProperty("status").GetProperty("sync").GetProperty("revision").GetString();

    private static async Task<string?> VersionAsync(SandboxFixture fixture)
    {
        using var http = new HttpClient();
        using JsonDocument document = JsonDocument.Parse(await (await http.GetAsync(fixture.Sandbox.Workload("staging") + "/health")).Content.ReadAsStringAsync());
        return document.RootElement.GetProperty("version").GetString();
    }

    private sealed class Watch(StreamReader reader) : IAsyncDisposable
    {
        private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(20);

        public static async Task<Watch> StartAsync(SandboxFixture fixture) =>
            new(new StreamReader(await fixture.ArgoCd.GetStreamAsync("api/v1/stream/applications?name=order-service-staging")));

        public async Task<JsonElement> NextAsync()
        {
            string line = await reader.ReadLineAsync().WaitAsync(s_limit) ?? throw new EndOfStreamException();
            using JsonDocument document = JsonDocument.Parse(line);
            return document.RootElement.GetProperty("result").GetProperty("application").Clone();
        }

        public async Task<JsonElement> UntilAsync(string word)
        {
            bool moved = false; // the first event tells what was there before
            while (true)
            {
                JsonElement application = await NextAsync();
                moved |= Word(application) != "Synced Healthy";
                if (Word(application) == word && (moved || word != "Synced Healthy"))
                    return application;
            }
        }

        public ValueTask DisposeAsync()
        {
            reader.Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
