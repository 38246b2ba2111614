using System.Net;
using System.Text.Json;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.ArgoCd;

/// <summary>Applications that come and go with files, as an ApplicationSet makes them.</summary>
public class PreviewApplicationTests
{
    private const string File = "apps/order-service/values-preview-pr-12.yaml";
    private const string Path = "api/v1/applications/order-service-preview-pr-12";

    [Fact]
    public async Task Get_FileComesAndGoes_SoDoesTheApplication()
    {
        using var directory = new TemporaryDirectory();
        await using LocalSandbox sandbox = await LocalSandbox.StartAsync(new SandboxOptions { StateDirectory = directory.Path, App = "order-service", PreviewTemplate = "apps/{app}/values-preview.yaml" });
        using var argoCd = new HttpClient { BaseAddress = sandbox.ArgoCd };
        argoCd.DefaultRequestHeaders.Authorization = new("Bearer", sandbox.ArgoCdToken.Reveal());
        Assert.Contains("{namespace}", SandboxFixture.Git(sandbox.ManifestRepository, "show", "main:apps/order-service/values-preview.yaml"), StringComparison.Ordinal);
        Assert.Equal(HttpStatusCode.Forbidden, (await argoCd.GetAsync(Path)).StatusCode);

        string clone = System.IO.Path.Combine(directory.Path, "clone");
        SandboxFixture.Git(directory.Path, "clone", "-q", sandbox.ManifestRepository, clone);
        await System.IO.File.WriteAllTextAsync(System.IO.Path.Combine(clone, File), "image:\n  tag: aaa\n");
        Push(clone, "preview");
        using (JsonDocument there = JsonDocument.Parse(await argoCd.GetStringAsync(Path)))
            Assert.Equal("order-service-preview-pr-12", there.RootElement.GetProperty("metadata").GetProperty("name").GetString());
        using var watch = new StreamReader(await argoCd.GetStreamAsync("api/v1/stream/applications?name=order-service-preview-pr-12"));
        while (!(await watch.ReadLineAsync())!.Contains("\"Healthy\",\"lastTransitionTime\"", StringComparison.Ordinal))
        {
            // until it is rolled out
        }

        using var http = new HttpClient();
        Assert.Contains("\"version\":\"aaa\"", await http.GetStringAsync(sandbox.Workload("preview-pr-12") + "/health"), StringComparison.Ordinal);

        SandboxFixture.Git(clone, "rm", "-q", File);
        Push(clone, "closed");
        Assert.Equal(HttpStatusCode.Forbidden, (await argoCd.GetAsync(Path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await http.GetAsync(sandbox.Workload("preview-pr-12") + "/health")).StatusCode);
        while (await watch.ReadLineAsync() is not null)
        {
            // the stream ends with the application
        }
    }

    [Fact]
    public async Task Workload_WithoutPreviews_IsAnUnknownEnvironment()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        Assert.Throws<ArgumentException>(() => fixture.Sandbox.Workload("preview-pr-12"));
    }

    private static void Push(string clone, string message)
    {
        SandboxFixture.Git(clone, "add", "-A");
        SandboxFixture.Git(clone, "-c", "user.name=T", "-c", "user.email=t@t.invalid", "commit", "-qm", message);
        SandboxFixture.Git(clone, "push", "-q", "origin", "HEAD:main");
    }
}
