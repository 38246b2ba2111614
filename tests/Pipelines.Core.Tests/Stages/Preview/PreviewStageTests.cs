using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps.Preview;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Preview;
using Pipelines.Core.Tests.Clients.ArgoCd;
using Pipelines.Core.Tests.Stages.Approve;
using Pipelines.Sandbox;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Preview;

/// <summary>Previews over the stand-ins' wire protocols and real git.</summary>
public sealed class PreviewStageTests : IAsyncLifetime
{
    private const string Template = "apps/order/values-preview.yaml";
    private const string File = "apps/order/values-preview-pr-7.yaml";
    private const string Text = "# the template\npreview: { application: \"{application}\", namespace: \"{namespace}\" } # {number}\nurl: {url}\nimage:\n  tag: none # ours\n";
    private static readonly string Second = new('b', 40);

    private readonly TemporaryDirectory _directory = new();
    private LocalSandbox _sandbox = null!;
    private RecordingContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _sandbox = await LocalSandbox.StartAsync(
            new SandboxOptions { StateDirectory = Path.Combine(_directory.Path, "sandbox"), App = "order", PreviewTemplate = Template, SeedFiles = new Dictionary<string, string> { [Template] = Text } },
            CancellationToken.None);
        _context = Context("run-1");
    }

    public async ValueTask DisposeAsync()
    {
        await _sandbox.DisposeAsync();
        _directory.Dispose();
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Run_TwoVersions_AreOneFileAndOneComment(CodeHost host)
    {
        Previews previews = Previews(host);
        Deployment first = await new PutUpPreview(previews, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None);
        Assert.Equal((true, null, "preview-pr-7"), (first.Changed, first.PreviousTag, first.Environment.Name));
        await new ArgoCdSync().RunAsync(first, _context.Context, CancellationToken.None);
        await AnnounceAsync(previews, first);
        Assert.EndsWith($"# the template\npreview: {{ application: \"order-preview-pr-7\", namespace: \"order-preview-pr-7\" }} # 7\nurl: https://pr-7.example.com\nimage:\n  tag: {Gate.Tag} # ours\n", Show(File), StringComparison.Ordinal);
        Assert.Equal("https://pr-7.example.com/", _context.Fact("preview"));

        Deployment second = await new PutUpPreview(previews, 7).RunAsync(Image(Second), _context.Context, CancellationToken.None);
        Assert.Equal((true, Gate.Tag), (second.Changed, second.PreviousTag));
        await AnnounceAsync(previews, second);
        string comment = Assert.Single(_sandbox.PullRequests.Single(request => request.Number == 7).Comments);
        Assert.StartsWith("<!-- pipelines preview order -->\nPreview of `order`: **Ready**: 200 from health.", comment, StringComparison.Ordinal);
        Assert.Contains("| address | https://pr-7.example.com/ |", comment, StringComparison.Ordinal);
        Assert.Contains($"| image | `{Second}` |", comment, StringComparison.Ordinal);
        Assert.DoesNotContain(Gate.Tag, comment, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SameImageAgain_ChangesNothing()
    {
        Deployment first = await PutUpAsync(7, Gate.Tag);
        Deployment again = await PutUpAsync(7, Gate.Tag, "run-2");
        Assert.Equal((false, first.Revision), (again.Changed, again.Revision));
        UndoReport undo = await new PutUpPreview(Previews(), 7).UndoAsync(again, Context("run-2").Context, CancellationToken.None);
        Assert.False(undo.Changed);
        Assert.Contains(Gate.Tag, Show(File), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SecondVersion_KeepsSinceAndRenewsTheRest()
    {
        var time = new ManualTime();
        DateTimeOffset start = time.GetUtcNow();
        await new PutUpPreview(Previews(), 7).RunAsync(Image(Gate.Tag), Context("run-1", time).Context, CancellationToken.None);
        time.Advance(TimeSpan.FromDays(3));
        await new PutUpPreview(Previews(), 7).RunAsync(Image(Second), Context("run-2", time).Context, CancellationToken.None);
        using var repository = new PreviewRepository(Previews(), _context.Context);
        PreviewState preview = Assert.Single(await repository.ListAsync(CancellationToken.None));
        Assert.Equal(new PreviewNote("order", 7, start, start.AddDays(3), "ann", "run-2", Second) { Url = "https://pr-7.example.com/" }, preview.Note);
    }

    [Fact]
    public async Task Undo_OfTheFirstVersion_RemovesItAndTells()
    {
        Deployment deployment = await PutUpAsync(7, Gate.Tag);
        UndoReport undo = await new PutUpPreview(Previews(), 7).UndoAsync(deployment, _context.Context, CancellationToken.None);
        Assert.Matches("^The preview of pull request 7 is removed .*, and Argo CD has its application no more.$", undo.Summary);
        Assert.False(Exists(File));
        Assert.Contains("**Removed**: it did not prove itself.", Assert.Single(_sandbox.PullRequests[0].Comments), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_OfALaterVersion_BringsTheFileBackAsItWas()
    {
        await PutUpAsync(7, Gate.Tag);
        string before = Show(File);
        Deployment second = await PutUpAsync(7, Second, "run-2");
        UndoReport undo = await new PutUpPreview(Previews(), 7).UndoAsync(second, Context("run-2").Context, CancellationToken.None);
        Assert.Contains($"is back at {Gate.Tag}", undo.Summary, StringComparison.Ordinal);
        Assert.Equal(before, Show(File));
    }

    [Fact]
    public async Task Undo_SomebodyUpdatedItSince_LeavesItAlone()
    {
        Deployment first = await PutUpAsync(7, Gate.Tag);
        await PutUpAsync(7, Second, "run-2");
        UndoReport undo = await new PutUpPreview(Previews(), 7).UndoAsync(first, _context.Context, CancellationToken.None);
        Assert.Equal((false, "The preview of pull request 7 was not touched: somebody has changed or removed it since."), (undo.Changed, undo.Summary));
        Assert.Contains(Second, Show(File), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Run_PullRequestClosedMeanwhile_RemovesItsOwnPreview(CodeHost host)
    {
        await PutUpAsync(8, Gate.Tag); // another one stays
        await new PutUpPreview(Previews(host), 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None);
        _sandbox.ClosePullRequest(7);
        PreviewException error = await Assert.ThrowsAsync<PreviewException>(() => new PutUpPreview(Previews(host), 7).RunAsync(Image(Second), _context.Context, CancellationToken.None));
        Assert.Contains("was closed while its preview was put up", error.What, StringComparison.Ordinal);
        Assert.Equal((false, true), (Exists(File), Exists("apps/order/values-preview-pr-8.yaml")));
    }

    [Fact]
    public async Task Run_SeveralAtOnce_AllLand()
    {
        int[] numbers = [1, 2, 3, 4, 5, 6];
        Deployment[] deployments = await Task.WhenAll(numbers.Select(number => PutUpAsync(number, Gate.Tag, $"run-{number}")));
        Assert.Equal(numbers.Length, deployments.Select(deployment => deployment.Revision).Distinct().Count());
        using var repository = new PreviewRepository(Previews(), _context.Context);
        Assert.Equal(numbers, (await repository.ListAsync(CancellationToken.None)).Select(preview => preview.Number));
    }

    [Fact]
    public async Task Run_LimitReached_NamesTheOldestAndPushesNothing()
    {
        await PutUpAsync(3, Gate.Tag);
        await PutUpAsync(4, Gate.Tag);
        PreviewException error = await Assert.ThrowsAsync<PreviewException>(() => new PutUpPreview(Previews() with { Limit = 2 }, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None));
        Assert.Contains("There are 2 previews of order already", error.What, StringComparison.Ordinal);
        Assert.Contains("preview down --number 3", error.Advice, StringComparison.Ordinal);
        Assert.False(Exists(File));
        await new PutUpPreview(Previews() with { Limit = 2 }, 4).RunAsync(Image(Second), _context.Context, CancellationToken.None); // one that is there may change
    }

    [Fact]
    public async Task Run_OlderCommit_IsRefused()
    {
        var service = new Tools.Git.GitRepository(_directory.Path);
        await service.RunAsync("init", "-q", "-b", "main");
        service.Write("a", "1");
        await service.RunAsync("add", "a");
        await service.RunAsync("commit", "-qm", "first");
        string older = await service.HeadAsync();
        service.Write("a", "2");
        await service.RunAsync("commit", "-qam", "second");
        await PutUpAsync(7, await service.HeadAsync());
        OlderCommitException error = await Assert.ThrowsAsync<OlderCommitException>(() => PutUpAsync(7, older, "run-2"));
        Assert.Contains("'preview-pr-7' runs a newer commit", error.What, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_FileOfSomebodyElse_IsLeftAlone()
    {
        await CommitAsync(File, "image:\n  tag: mine\n");
        PreviewException error = await Assert.ThrowsAsync<PreviewException>(() => PutUpAsync(7, Gate.Tag));
        Assert.Contains($"'{File}' in the manifest repository was not made by a preview", error.What, StringComparison.Ordinal);
        using var repository = new PreviewRepository(Previews(), _context.Context);
        Assert.False((await repository.RemoveAsync(7, null, "x", [], CancellationToken.None)).Changed);
        Assert.Equal("image:\n  tag: mine\n", Show(File));
    }

    [Fact]
    public async Task Run_WrongToken_IsAWarningAndThePreviewStands()
    {
        Previews previews = Previews() with { PullRequests = Previews().PullRequests! with { Token = SecretReference.Parse("sandbox://wrong") } };
        Deployment deployment = await new PutUpPreview(previews, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None);
        await AnnounceAsync(previews, deployment);
        Assert.Contains("Whether pull request 7 is still open is not known", _context.LogText, StringComparison.Ordinal);
        Assert.Contains("Pull request 7 does not hear of its preview", _context.LogText, StringComparison.Ordinal);
        Assert.True(Exists(File));
    }

    [Theory]
    [InlineData("apps/order/values-preview.yml", null, "There is no template for previews in the manifest repository: 'apps/order/values-preview.yml'.", "Is 'apps/order/values-preview.yaml' meant?")]
    [InlineData(Template, "replicas: 1\n", "The template of previews cannot be used", "image")]
    [InlineData(Template, "image: [\n", "The template of previews cannot be used", "")]
    [InlineData("./deploy/preview.yaml", null, "The template of previews cannot be read from the checkout.", "without ./ in front")]
    public async Task Run_TemplateThatCannotBe_IsTold(string template, string? content, string what, string advice)
    {
        if (content is not null)
            await CommitAsync(template, content);
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(() => new PutUpPreview(Previews() with { Template = template }, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None));
        Assert.StartsWith(what, error.What, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
        Assert.Equal(template, error.File);
        Assert.False(Exists(File));
    }

    [Fact]
    public async Task Run_UnknownPlaceholder_IsAWarning()
    {
        await CommitAsync(Template, "a: \"{namspace}\"\nb: {c: 1}\nd: \"{{ .Release.Name }}\"\nimage:\n  tag: none\n");
        await PutUpAsync(7, Gate.Tag);
        Assert.Contains("holds {namspace}, which is none of", _context.LogText, StringComparison.Ordinal);
        Assert.Single(_context.Log, line => line.Level == LogLevel.Warning);
    }

    [Fact]
    public async Task Remove_ChangedSinceItWasSeen_IsKept()
    {
        await PutUpAsync(7, Gate.Tag);
        using var repository = new PreviewRepository(Previews(), _context.Context);
        PreviewState seen = Assert.Single(await repository.ListAsync(CancellationToken.None));
        await PutUpAsync(7, Second, "run-2");
        Assert.False((await repository.RemoveAsync(7, seen.Bytes, "too old", [], CancellationToken.None)).Changed);
        Assert.Contains(Second, Show(File), StringComparison.Ordinal);
        PreviewState now = Assert.Single(await repository.ListAsync(CancellationToken.None));
        Assert.True((await repository.RemoveAsync(7, now.Bytes, "too old", [], CancellationToken.None)).Changed);
        Assert.False(Exists(File));
    }

    [Theory]
    [InlineData(CodeHost.GitHub)]
    [InlineData(CodeHost.GitLab)]
    public async Task Statuses_OpenClosedAndMerged_AreTold(CodeHost host)
    {
        await PutUpAsync(1, Gate.Tag); // asking for one makes the sandbox know it
        await PutUpAsync(2, Gate.Tag);
        _sandbox.ClosePullRequest(2);
        IReadOnlyDictionary<int, PullRequestStatus> statuses = await PreviewStatuses.AskAsync(Previews(host), [1, 2, 3], _context.Context, CancellationToken.None);
        Assert.Equal((PullRequestStatus.Open, PullRequestStatus.Closed, PullRequestStatus.Open), (statuses[1], statuses[2], statuses[3]));
    }

    [Theory]
    [InlineData(null, 1, null)]
    [InlineData(null, 8, "nobody has changed it for more than 168 h")]
    [InlineData(PullRequestStatus.Open, 1, null)]
    [InlineData(PullRequestStatus.Open, 8, "nobody has changed it for more than 168 h")]
    [InlineData(PullRequestStatus.Closed, 1, "its pull request is closed")]
    [InlineData(PullRequestStatus.Merged, 1, "its pull request is merged")]
    internal void Leftover_StatusAndAge_SaySo(PullRequestStatus? status, int days, string? expected)
    {
        DateTimeOffset now = new ManualTime().GetUtcNow();
        var preview = new PreviewState(7, File, Gate.Tag, new PreviewNote("order", 7, now.AddDays(-30), now.AddDays(-days), "ann", "run", Gate.Tag), []);
        Assert.Equal(expected, Leftover.Reason(preview, status, TimeSpan.FromDays(7), now));
    }

    [Fact]
    public async Task Sync_NobodyMakesTheApplication_NamesTheApplicationSet()
    {
        using var argoCd = new ScriptedArgoCd(new ScriptedArgoCd.Answer(403, "{\"message\":\"permission denied\"}"));
        _context = Context("run-1", new SkippingTime());
        Previews previews = Previews() with { ArgoCd = new ArgoCdTarget { Server = argoCd.Address, Application = "{app}-{environment}", Timeout = TimeSpan.FromSeconds(20) } };
        Deployment deployment = await new PutUpPreview(previews, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None);
        ArgoCdException error = await Assert.ThrowsAsync<ArgoCdException>(() => new ArgoCdSync().RunAsync(deployment, _context.Context, CancellationToken.None));
        Assert.Contains($"an ApplicationSet must follow {File} and name it 'order-preview-pr-7'", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sync_ApplicationAppearsAMomentLater_IsWaitedFor()
    {
        using var argoCd = new ScriptedArgoCd(new ScriptedArgoCd.Answer(403, "{\"message\":\"permission denied\"}"), new ScriptedArgoCd.Answer(403, "{\"message\":\"permission denied\"}"), ScriptedArgoCd.App("Synced", new string('1', 40), "Healthy"));
        _context = Context("run-1", new SkippingTime());
        Previews previews = Previews() with { ArgoCd = new ArgoCdTarget { Server = argoCd.Address, Application = "{app}-{environment}" } };
        Deployment deployment = await new PutUpPreview(previews, 7).RunAsync(Image(Gate.Tag), _context.Context, CancellationToken.None);
        argoCd.Revision = () => deployment.Revision;
        await new ArgoCdSync().RunAsync(deployment, _context.Context, CancellationToken.None);
        Assert.StartsWith($"Healthy at {deployment.Revision[..10]}", _context.Fact("argo cd"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Find_AfterAKill_KnowsWhatTheRunPushed()
    {
        var place = PreviewPlace.Of(Previews(), 7);
        using var repository = new PreviewRepository(Previews(), _context.Context);
        Assert.Null(await repository.FindAsync(place, Image(Gate.Tag), CancellationToken.None));
        await PutUpAsync(7, Gate.Tag, "run-0");
        Assert.Null(await repository.FindAsync(place, Image(Gate.Tag), CancellationToken.None)); // another run's
        Deployment ours = await PutUpAsync(7, Second);
        await PutUpAsync(8, Second, "run-2");
        PreviewChange? found = await repository.FindAsync(place, Image(Second), CancellationToken.None);
        Assert.Equal((ours.Revision, true, Gate.Tag), (found!.Revision, found.Changed, found.Before!.Tag));
    }

    [Fact]
    public async Task End_ApplicationStays_SaysSoAndWhatToDo()
    {
        using var argoCd = new ScriptedArgoCd(ScriptedArgoCd.App("Synced", new string('0', 40), "Healthy"));
        var place = PreviewPlace.Of(Previews() with { ArgoCd = new ArgoCdTarget { Server = argoCd.Address, Application = "{app}-{environment}" } }, 7);
        _context = Context("run-1", new SkippingTime());
        string text = await PreviewEnd.DescribeAsync(place.Environment, TimeSpan.FromSeconds(20), _context.Context, CancellationToken.None);
        Assert.StartsWith("but Argo CD still has 'order-preview-pr-7' after 20 s.", text, StringComparison.Ordinal);
        Assert.Contains("applicationsSync", text, StringComparison.Ordinal);
    }

    private Task<Deployment> PutUpAsync(int number, string tag, string run = "run-1") => new PutUpPreview(Previews(), number).RunAsync(Image(tag), (run == "run-1" ? _context : Context(run)).Context, CancellationToken.None);

    private Task AnnounceAsync(Previews previews, Deployment deployment) => new AnnouncePreview(previews, 7).RunAsync(new ProvenDeployment(deployment, "200 from health"), _context.Context, CancellationToken.None);

    private RecordingContext Context(string run, TimeProvider? time = null) => new(
        _directory.Path,
        RunMode.Sandbox,
        time,
        new Dictionary<string, string> { ["sandbox://token"] = _sandbox.CodeHostToken.Reveal(), ["sandbox://argocd"] = _sandbox.ArgoCdToken.Reveal(), ["sandbox://wrong"] = "wrong" },
        actor: "ann",
        id: run);

    private Previews Previews(CodeHost host = CodeHost.GitHub) => new()
    {
        App = "order",
        Manifest = new ManifestTarget { Repository = _sandbox.ManifestRepository, File = "apps/{app}/values-{environment}.yaml" },
        ArgoCd = new ArgoCdTarget { Server = _sandbox.ArgoCd, Application = "{app}-{environment}", Token = SecretReference.Parse("sandbox://argocd"), Timeout = TimeSpan.FromMinutes(2) },
        Url = "https://pr-{number}.example.com",
        PullRequests = new CodeHostProject(host, LocalSandbox.CodeHostPath, SecretReference.Parse("sandbox://token")) { Api = host == CodeHost.GitHub ? _sandbox.GitHub : _sandbox.GitLab },
    };

    private static PublishedImage Image(string tag)
    {
        PublishedImage image = Gate.Proven(tag: tag).Deployment.Image;
        SourceRevision source = image.Image.Image.Source with { Commit = tag };
        return new PublishedImage(image.Reference, image.Digest, new ScannedImage(new BuiltImage(image.Image.Image.Reference, image.Digest, image.Image.Image.Location, source), image.Image.Scan));
    }

    private async Task CommitAsync(string file, string content)
    {
        Tools.Git.GitRepository clone = await new Tools.Git.GitRepository(_sandbox.ManifestRepository).CloneAsync(Path.Combine(_directory.Path, "clone-" + Guid.NewGuid().ToString("N")[..6]));
        clone.Write(file, content);
        await clone.CommitAsync("by hand");
        await clone.RunAsync("push", "-q", "origin", "main");
    }

    private string Show(string file) => new Tools.Git.GitRepository(_sandbox.ManifestRepository).ShowAsync(file).GetAwaiter().GetResult();

    private bool Exists(string file) => new Tools.Git.GitRepository(_sandbox.ManifestRepository).RunAsync("ls-tree", "main", "--", file).GetAwaiter().GetResult().Length > 0;
}
