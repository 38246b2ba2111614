using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Approve;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Approve;

/// <summary>An order service that was proven in staging, and its manifest repository with staging, prod and the allowed signers.</summary>
internal sealed class Gate : IDisposable
{
    public const string Tag = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    public const string Signers = "approvals/allowed-signers";
    public static readonly string Digest = "sha256:" + new string('a', 64);

    public TemporaryDirectory Directory { get; } = new();

    public required GitRepository Manifests { get; init; }

    public required Signer Ann { get; init; }

    public required Signer Mallory { get; init; }

    public DeploymentEnvironment Prod { get; set; } = null!;

    public static async Task<Gate> CreateAsync()
    {
        var directory = new TemporaryDirectory();
        Signer ann = await Signer.CreateAsync(directory.Path, "ann@example.com");
        Signer mallory = await Signer.CreateAsync(directory.Path, "mallory@example.com");
        GitRepository manifests = await GitRepository.CreateManifestsAsync(
            directory.Path, ("apps/order/values-staging.yaml", $"image:\n  tag: {Tag}\n"), ("apps/order/values-prod.yaml", "image:\n  tag: old\n"), (Signers, ann.Line));
        return new Gate(directory)
        {
            Manifests = manifests,
            Ann = ann,
            Mallory = mallory,
            Prod = Environment("prod") with { IsProtected = true, Approval = new ApprovalPolicy { Signers = new ApprovalSigners(Signers) } },
        };
    }

    private Gate(TemporaryDirectory directory) => Directory = directory;

    public static DeploymentEnvironment Environment(string name) => new()
    {
        Name = name,
        App = "order",
        Manifest = new ManifestTarget { Repository = "manifests.git", File = $"apps/order/values-{name}.yaml" },
    };

    public RecordingContext Context(TimeProvider? time = null, string host = "local", string? actor = "bob", string? id = null, Func<string, string?>? terminal = null, IReadOnlyDictionary<string, string>? secrets = null) =>
        new(Directory.Path, RunMode.Live, time, secrets, host: host, actor: actor, id: id, terminal: terminal);

    public static ProvenDeployment Proven(string? digest = null, IReadOnlyList<string>? authors = null, string? branch = "main", string tag = Tag, string revision = "", bool simulated = false)
    {
        ImageReference reference = ImageReference.Parse($"registry.example.com/order:{tag}");
        digest ??= Digest;
        var source = new SourceRevision(Tag, branch, null, [], tag, default) { Authors = authors ?? ["Carl <carl@example.com>"] };
        var built = new BuiltImage(reference, digest, new ImageLocation.Registry(digest), source);
        var finding = new Finding("CVE-1", Severity.High, "lib", "1", null, "bad", "app");
        return new ProvenDeployment(new Deployment(new PublishedImage(reference, digest, new ScannedImage(built, new ScanResult("trivy 1", [finding], [], [], simulated))), Environment("staging"), revision, true, "old"), "200 from health");
    }

    /// <summary>The request that waits, once it does.</summary>
    public async Task<ApprovalRequest> WaitingAsync()
    {
        using RefDocuments documents = await RefDocuments.OpenAsync(Prod.Manifest, Context(id: "look").Context, CancellationToken.None);
        while (true)
            if ((await documents.ListAsync(ApprovalRefs.AllWaiting("order"), CancellationToken.None)).FirstOrDefault() is { } document)
                return ApprovalRequest.TryRead(document.Text)!;
    }

    /// <summary>Pushes a verdict as a person would, or as one who cheats would.</summary>
    public async Task SayAsync(ApprovalRequest request, Signer signer, Func<ApprovalVerdict, ApprovalVerdict>? change = null, Func<string, string>? tamper = null, bool approved = true)
    {
        var verdict = new ApprovalVerdict(request.App, request.Environment, request.Digest, request.Run, request.Nonce, approved, signer.Name, "tested", request.Since.AddSeconds(1), request.Expires);
        string text = (change?.Invoke(verdict) ?? verdict).Write();
        string signature = await signer.SignAsync(text, ApprovalVerdict.Purpose);
        await PushAsync(request, ApprovalVerdict.Envelope(tamper?.Invoke(text) ?? text, signature));
    }

    public async Task PushAsync(ApprovalRequest request, string document)
    {
        using RefDocuments documents = await RefDocuments.OpenAsync(Prod.Manifest, Context(id: "say").Context, CancellationToken.None);
        Assert.NotNull(await documents.WriteAsync(ApprovalRefs.Verdicts(request) + Guid.NewGuid().ToString("N"), document, null, "a verdict", CancellationToken.None));
    }

    public async Task<string[]> RefsAsync() => (await Manifests.RunAsync("for-each-ref", "--format=%(refname)", "refs/pipelines")).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    public void Dispose() => Directory.Dispose();
}
