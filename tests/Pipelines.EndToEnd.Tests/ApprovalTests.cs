using Pipelines.Core;
using Pipelines.Core.Cli;
using Pipelines.Core.Hosts;
using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests;

/// <summary>A signed approval whose requests and verdicts go over HTTP, to a server that asks for a token.</summary>
public sealed class ApprovalTests : IDisposable
{
    private static readonly string s_tag = new('a', 40);
    private static readonly string s_digest = "sha256:" + new string('a', 64);

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Approve_ManifestsOverHttpWithAToken_IsGivenByTheCommandAndLeavesOnlyItsRecord()
    {
        await using GitServer server = await StartAsync();
        (string bare, string key) = await ManifestsAsync(server);
        DeploymentEnvironment prod = Prod(server);
        RecordingContext context = Context(server.Token);
        Task<Approval> waiting = new Approve(prod).RunAsync(Proven(prod), context.Context, TestContext.Current.CancellationToken);
        while (!(await RefsAsync(bare)).Contains("refs/pipelines/waiting/order/prod/", StringComparison.Ordinal))
            if (waiting.IsCompleted)
                await waiting; // tells why nothing waits

        using var output = new StringWriter();
        int exitCode = await Application.RunAsync(new Template(prod), ["approve", "--live", "--env", "prod", "--digest", s_digest, "--reason", "seen", "--as", "ann@example.com", "--key", key], new AppEnvironment
        {
            Output = output,
            Error = output,
            Variables = HostEnvironment.Of(new Dictionary<string, string> { ["TOKEN"] = server.Token }),
            CurrentDirectory = _directory.Path,
            BaseDirectory = _directory.Path,
        });
        Assert.True(exitCode == 0, output.ToString());
        Approval approval = await waiting.WaitAsync(Machine.Patience, TestContext.Current.CancellationToken);
        Assert.Equal(("ann@example.com", "seen", s_digest), (approval.ApprovedBy, approval.Reason, approval.Digest));
        Assert.Equal("refs/pipelines/approvals/order/prod", await RefsAsync(bare));

        string[] served = [.. server.Requests.Split('\n').Where(line => line.EndsWith(" 200", StringComparison.Ordinal))];
        Assert.Contains(served, line => line.Contains("git-receive-pack", StringComparison.Ordinal));
        Assert.All(served, line => Assert.StartsWith(GitServer.TokenUser + " ", line, StringComparison.Ordinal)); // nothing was served to nobody
        string told = context.LogText + output + await File.ReadAllTextAsync(Path.Combine(context.Run.RunDirectory, "approval-prod.json"), TestContext.Current.CancellationToken);
        Assert.DoesNotContain(server.Token, told, StringComparison.Ordinal);
        Assert.DoesNotContain(server.Credential, told, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_TokenThatTheServerDoesNotKnow_EndsAtOnceAndSaysWhichToken()
    {
        await using GitServer server = await StartAsync();
        (string bare, _) = await ManifestsAsync(server);
        GitException error = await Assert.ThrowsAsync<GitException>(() => new Approve(Prod(server)).RunAsync(Proven(Prod(server)), Context("not-" + server.Token).Context, TestContext.Current.CancellationToken));
        Assert.Equal(GitFailure.Authentication, error.Failure);
        Assert.Contains("env://TOKEN", error.ToString(), StringComparison.Ordinal);
        Assert.DoesNotContain(server.Token, error.ToString(), StringComparison.Ordinal);
        Assert.Equal("", await RefsAsync(bare));
    }

    private static async Task<GitServer> StartAsync()
    {
        Machine.Require(((string[])["nginx", "fcgiwrap", "htpasswd", "ssh-keygen"]).FirstOrDefault(program => !RealParts.IsInstalled(program)) is { } missing ? $"{missing} is not installed" : null);
        return await GitServer.StartAsync();
    }

    private async Task<(string Bare, string Key)> ManifestsAsync(GitServer server)
    {
        string key = Path.Combine(_directory.Path, "key"), bare = Path.Combine(server.Root, "approvals.git");
        await Machine.RunAsync("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann", "-f", key);
        string signers = $"ann@example.com {(await File.ReadAllTextAsync(key + ".pub")).Trim()}\n";
        Directory.CreateDirectory(bare);
        await Machine.RunAsync("git", "-C", bare, "init", "-q", "--bare", "-b", "main");
        await Machine.RunAsync("git", "-C", bare, "config", "http.receivepack", "true");
        await Machine.RunAsync(new Command("git", "-C", bare, "fast-import", "--quiet").WithInput(
            $"commit refs/heads/main\ncommitter A <a@example.com> 1700000000 +0000\ndata 5\nfirst\nM 100644 inline values-prod.yaml\ndata 18\nimage:\n  tag: old\n\nM 100644 inline allowed-signers\ndata {signers.Length}\n{signers}\n"));
        return (bare, key);
    }

    private RecordingContext Context(string token) => new(_directory.Path, secrets: new Dictionary<string, string> { ["env://TOKEN"] = token }, actor: "bob");

    private static async Task<string> RefsAsync(string bare) => (await Machine.RunAsync("git", "-C", bare, "for-each-ref", "--format=%(refname)", "refs/pipelines")).Trim();

    private static DeploymentEnvironment Prod(GitServer server) => new()
    {
        Name = "prod",
        App = "order",
        Manifest = new ManifestTarget { Repository = server.Address("approvals.git").AbsoluteUri, File = "values-prod.yaml", Token = SecretReference.Parse("env://TOKEN"), TokenUser = GitServer.TokenUser },
        Approval = new ApprovalPolicy { Methods = ApprovalMethod.Signature, Signers = new ApprovalSigners("allowed-signers") },
    };

    private static ProvenDeployment Proven(DeploymentEnvironment prod)
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order:{s_tag}");
        var built = new BuiltImage(reference, s_digest, new Core.Model.ImageLocation.Registry(s_digest), new SourceRevision(s_tag, "main", null, [], s_tag, default) { Authors = ["Carl <carl@example.com>"] });
        return new ProvenDeployment(new Deployment(new PublishedImage(reference, s_digest, new ScannedImage(built, new ScanResult("test", [], [], []))), prod with { Name = "staging" }, s_tag, true, "old"), "200");
    }

    private sealed class Template(DeploymentEnvironment prod) : PipelineTemplate
    {
        public override string Name => "order";

        public override SettingsSchema Schema { get; } = new();

        public override Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken) => throw new InvalidOperationException("not this one");

        public override Task<IReadOnlyList<DeploymentEnvironment>> EnvironmentsAsync(TemplateContext context, CancellationToken cancellationToken) => Task.FromResult<IReadOnlyList<DeploymentEnvironment>>([prod]);
    }
}
