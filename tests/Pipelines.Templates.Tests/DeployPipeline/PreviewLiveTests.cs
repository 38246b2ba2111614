using Pipelines.Core;
using Pipelines.Core.Model;
using Pipelines.Sandbox;
using Pipelines.Testing;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>The commands as they run live, with a sandbox in the place of the world: they find the project, the tokens and the pull requests by themselves.</summary>
public sealed class PreviewLiveTests : IAsyncLifetime
{
    private readonly TemporaryDirectory _world = new();
    private readonly Service _service = new();
    private LocalSandbox _sandbox = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await LocalSandbox.StartAsync(new SandboxOptions { StateDirectory = _world.Path, App = Service.App, PreviewTemplate = "apps/{app}/values-preview.yaml" }, CancellationToken.None);
        foreach ((string name, string value) in new Dictionary<string, string>
        {
            ["GITHUB_ACTIONS"] = "true",
            ["GITHUB_REPOSITORY"] = LocalSandbox.CodeHostPath,
            ["GITHUB_API_URL"] = _sandbox.GitHub.AbsoluteUri,
            ["GITHUB_TOKEN"] = _sandbox.CodeHostToken.Reveal(),
            ["GITHUB_ACTOR"] = "octocat",
            ["ARGOCD_TOKEN"] = _sandbox.ArgoCdToken.Reveal(),
            ["PIPELINES_MANIFEST_REPOSITORY"] = _sandbox.ManifestRepository,
            ["PIPELINES_ARGOCD_SERVER"] = _sandbox.ArgoCd.AbsoluteUri,
            ["PIPELINES_SMOKE_URL"] = "http://127.0.0.1:1/{environment}/health",
            ["PIPELINES_PREVIEW_ENABLED"] = "true",
            ["PIPELINES_PREVIEW_URL"] = "http://127.0.0.1:1/{environment}",
        })
            _service.Variables[name] = value;
    }

    public async ValueTask DisposeAsync()
    {
        _service.Dispose();
        await _sandbox.DisposeAsync();
        _world.Dispose();
    }

    [Fact]
    public async Task List_OpenClosedAndMerged_AsTheCodeHostTells()
    {
        await PutUpAsync(1, 2);
        _sandbox.ClosePullRequest(2);
        ServiceRun list = await _service.RunAsync("preview", "list");
        list.Ended(0);
        Assert.Matches("1: v1\n  since .* by octocat, run world\n  address .*\n  request  open\n2: v1\n", list.Output);
        Assert.Contains("  request  closed\n  left over: its pull request is closed; preview clean removes it", list.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_OneClosedOneOpen_RemovesTheClosedOneAndTellsItsRequest()
    {
        await PutUpAsync(1, 2);
        _sandbox.ClosePullRequest(2);
        ServiceRun clean = await _service.RunAsync("preview", "clean");
        clean.Ended(0);
        Assert.Matches("The preview of pull request 2 of order-service is removed, since its pull request is closed .*, and Argo CD has its application no more", clean.Output);
        Assert.Equal((true, false), (Exists(1), Exists(2)));
        Assert.Contains("**Removed**: its pull request is closed.", Assert.Single(_sandbox.PullRequests.Single(request => request.Number == 2).Comments), StringComparison.Ordinal);
        Assert.Empty(_sandbox.PullRequests.Single(request => request.Number == 1).Comments);
    }

    [Fact]
    public async Task Down_BuildOfTheClosedRequest_NeedsNoNumber()
    {
        await PutUpAsync(7);
        _service.Variables["GITHUB_REF"] = "refs/pull/7/merge";
        ServiceRun down = await _service.RunAsync("preview", "down");
        down.Ended(0);
        Assert.Contains("and Argo CD has its application no more", down.Output, StringComparison.Ordinal);
        Assert.False(Exists(7));
        Assert.Single(_sandbox.PullRequests.Single(request => request.Number == 7).Comments);
        Assert.Contains("Started-By: octocat", _service.Git("--git-dir", _sandbox.ManifestRepository, "log", "-1", "--format=%B", "main"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Clean_TokenIsWrong_KeepsWhatItDoesNotKnowAndSaysSo()
    {
        await PutUpAsync(1);
        _sandbox.ClosePullRequest(1);
        _service.Variables["GITHUB_TOKEN"] = "none";
        ServiceRun clean = await _service.RunAsync("preview", "clean");
        clean.Ended(0);
        Assert.Contains("Which pull requests are still open is not known: GitHub did not let this token", clean.Error, StringComparison.Ordinal);
        Assert.True(Exists(1));
    }

    private async Task PutUpAsync(params int[] numbers)
    {
        var context = new RecordingContext(_world.Path, RunMode.Sandbox, secrets: new Dictionary<string, string> { ["sandbox://token"] = _sandbox.CodeHostToken.Reveal() }, actor: "octocat", id: "world");
        var previews = new Previews
        {
            App = Service.App,
            Manifest = new ManifestTarget { Repository = _sandbox.ManifestRepository, File = "apps/{app}/values-{environment}.yaml" },
            Url = "http://127.0.0.1:1/{environment}",
            PullRequests = new CodeHostProject(CodeHost.GitHub, LocalSandbox.CodeHostPath, SecretReference.Parse("sandbox://token")) { Api = _sandbox.GitHub },
        };
        ImageReference reference = ImageReference.Parse("registry.example.com/order-service:v1");
        string digest = "sha256:" + new string('a', 64);
        var built = new BuiltImage(reference, digest, new ImageLocation.Registry(digest), new SourceRevision(_service.Head, null, null, [], "v1", default));
        foreach (int number in numbers)
            await new PutUpPreview(previews, number).RunAsync(new PublishedImage(reference, digest, new ScannedImage(built, new ScanResult("trivy", [], [], []))), context.Context, CancellationToken.None);
    }

    private bool Exists(int number) => _service.Git("--git-dir", _sandbox.ManifestRepository, "ls-tree", "main", "--", $"apps/order-service/values-preview-pr-{number}.yaml").Length > 0;
}
