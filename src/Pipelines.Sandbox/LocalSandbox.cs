using System.Security.Cryptography;
using Pipelines.Core;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox.ArgoCd;
using Pipelines.Sandbox.Aws;
using Pipelines.Sandbox.Canary;
using Pipelines.Sandbox.CodeHosts;
using Pipelines.Sandbox.Ecr;
using Pipelines.Sandbox.Git;
using Pipelines.Sandbox.GitHub;
using Pipelines.Sandbox.GitLab;
using Pipelines.Sandbox.Hosting;
using Pipelines.Sandbox.Prometheus;
using Pipelines.Sandbox.Registry;
using Pipelines.Sandbox.Slack;
using Pipelines.Sandbox.Vault;
using Pipelines.Sandbox.Workload;

namespace Pipelines.Sandbox;

/// <summary>
/// Stand-ins on loopback for all that a deploy talks to: registry, ECR, Secrets Manager, Parameter Store, STS, Vault, Argo CD over a real bare git repository, the deployed service, Slack. They speak the real wire protocols, so that
/// the pipeline runs the code it runs in production. Nothing leaves the machine, and every credential is made up at the start.
/// </summary>
public sealed class LocalSandbox : IAsyncDisposable
{
    private const int Ports = 9;

    private readonly SandboxOptions _options;
    private readonly SandboxLock _lock;
    private readonly ManifestRepository _repository;
    private readonly Cluster _cluster;
    private readonly SlackChannels _channels;
    private readonly Lazy<AwsAccount> _aws;
    private readonly string _webhookPath = "/services/T00000000/B00000000/" + RandomToken(12);
    private readonly string _vaultToken = "hvs.sandbox" + RandomToken(12);
    private readonly PullRequestStore _pullRequests;
    private readonly EnvironmentReviews _reviews = new();
    private LoopbackServer? _server;
    private SlackStandIn? _slack;
    private IReadOnlyList<int> _ports = [];
    private bool _disposed;

    private LocalSandbox(SandboxOptions options, SandboxLock @lock, ManifestRepository repository, ClusterState states)
    {
        _options = options;
        ArgoCdToken = options.ArgoCdToken ?? Secret.Of(RandomToken(32), "sandbox Argo CD");
        SlackToken = options.SlackToken ?? Secret.Of("xoxb-sandbox-" + RandomToken(16), "sandbox Slack");
        _lock = @lock;
        _repository = repository;
        _pullRequests = new PullRequestStore(repository.Path, knowsAll: options.PreviewTemplate is not null);
        _cluster = new Cluster(options, repository, states);
        Metrics = new SandboxMetrics
        {
            State = options.Faults.HasFlag(SandboxFaults.MetricsInconclusive) ? SandboxMetricsState.Empty : options.Faults.HasFlag(SandboxFaults.Metrics) ? SandboxMetricsState.Degraded : SandboxMetricsState.Healthy,
        };
        _aws = new Lazy<AwsAccount>(MakeAccount);
        _channels = new SlackChannels(Path.Combine(options.StateDirectory, "slack.jsonl"), options.SlackChannels, options.Time);
        if (CanarySession.Current is not { } canary)
            return;
        foreach ((string reference, string value) in options.Secrets.Where(seed => seed.Value.Length >= CommonValues.ShortestMasked))
            canary.Watch(reference, Secret.Of(value, reference), null);
        // What is for a server may be in requests to it, wherever it is kept.
        canary.Watch("the registry's password", RegistryPassword, "Registry");
        canary.Watch("the secret access key of ECR", EcrSecretAccessKey, null); // it signs requests and is in none
        canary.Watch("the Argo CD token", ArgoCdToken, "ArgoCd");
        canary.Watch("the Slack token", SlackToken, "Slack");
        canary.Watch("the Vault token", Secret.Of(_vaultToken, "sandbox Vault"), "Vault");
        canary.Watch("the Prometheus token", PrometheusToken, "Prometheus");
    }

    /// <summary>The registry for image references, such as <c>127.0.0.1:40001</c>. Plain HTTP.</summary>
    public string RegistryHost => $"127.0.0.1:{_ports[0]}";

    /// <summary>The registry's user: <c>AWS</c>, as with ECR.</summary>
    public string RegistryUser => "AWS";

    /// <summary>The registry's password: the token that <see cref="Ecr"/> hands out.</summary>
    public Secret RegistryPassword { get; } = Secret.Of(RandomToken(32), "sandbox registry");

    /// <summary>The endpoint of ECR's API. It takes requests signed (SigV4) with <see cref="EcrAccessKeyId"/> and <see cref="EcrSecretAccessKey"/>, of any region.</summary>
    public Uri Ecr => Root(1);

    /// <summary>A made-up AWS access key id.</summary>
    public Secret EcrAccessKeyId { get; } = Secret.Of("AKIASANDBOX" + RandomToken(5).ToUpperInvariant(), "sandbox ECR");

    /// <summary>The secret access key that goes with it.</summary>
    public Secret EcrSecretAccessKey { get; } = Secret.Of(RandomToken(20), "sandbox ECR");

    /// <summary>The AWS account behind Secrets Manager, Parameter Store and STS. Made when it is first asked.</summary>
    internal AwsAccount Aws => _aws.Value;

    /// <summary>Whether anybody has asked for it.</summary>
    internal bool HasAwsAccount => _aws.IsValueCreated;

    /// <summary>What the sources of secrets must know to reach the stand-ins, in the variables that name the real ones.</summary>
    internal IReadOnlyDictionary<string, string> Variables => new Dictionary<string, string>(StringComparer.Ordinal)
    {
        ["AWS_REGION"] = AwsAccount.Region,
        ["AWS_ACCESS_KEY_ID"] = EcrAccessKeyId.Reveal(),
        ["AWS_SECRET_ACCESS_KEY"] = EcrSecretAccessKey.Reveal(),
        ["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = Root(1).AbsoluteUri,
        ["AWS_ENDPOINT_URL_SSM"] = Root(1).AbsoluteUri,
        ["AWS_ENDPOINT_URL_STS"] = Root(1).AbsoluteUri,
        ["VAULT_ADDR"] = Root(5).AbsoluteUri,
        ["VAULT_TOKEN"] = _vaultToken,
    };

    /// <summary>The Argo CD server.</summary>
    public Uri ArgoCd => Root(2);

    /// <summary>The token of an Argo CD account that may get the applications.</summary>
    public Secret ArgoCdToken { get; }

    /// <summary>The manifest repository: the path of a bare repository with the branch <c>main</c>. <c>git log</c> reads it.</summary>
    public string ManifestRepository => _repository.Path;

    /// <summary>The base address of Slack's Web API: append the method's name.</summary>
    public Uri Slack => new(Root(3), "/api/");

    /// <summary>Slack's bot token.</summary>
    public Secret SlackToken { get; }

    /// <summary>Slack's incoming webhook.</summary>
    public Uri SlackWebhook => new(Root(3), _webhookPath);

    /// <summary>Every Slack message of this start, each as it stands after its last update. <c>slack.jsonl</c> in the state folder has every call.</summary>
    public IReadOnlyList<SlackMessage> SlackMessages => _channels.Messages;

    /// <summary>The file with every Slack call, for people.</summary>
    public string SlackJournal => Path.Combine(_options.StateDirectory, "slack.jsonl");

    /// <summary>The name of an environment's Argo CD application.</summary>
    /// <param name="environment">One of <see cref="SandboxOptions.Environments"/>.</param>
    public string ArgoCdApplication(string environment) => $"{_options.App}-{Known(environment)}";

    /// <summary>The deployed service, such as <c>http://127.0.0.1:40004/staging</c>: append <c>/health</c>.</summary>
    /// <param name="environment">One of <see cref="SandboxOptions.Environments"/>.</param>
    public Uri Workload(string environment) => new(Root(4), "/" + Known(environment));

    /// <summary>The Prometheus server. It asks for <see cref="PrometheusToken"/>.</summary>
    public Uri Prometheus => Root(6);

    /// <summary>The bearer token of Prometheus.</summary>
    public Secret PrometheusToken { get; } = Secret.Of(RandomToken(32), "sandbox Prometheus");

    /// <summary>What Prometheus answers. It can be changed while a pipeline runs.</summary>
    public SandboxMetrics Metrics { get; }

    /// <summary>The root of GitHub's REST API, for the project <see cref="CodeHostPath"/>. Its pull requests are those of <see cref="ManifestRepository"/>.</summary>
    public Uri GitHub => Root(7);

    /// <summary>The root of GitLab's REST API, for the same requests.</summary>
    public Uri GitLab => new(Root(8), "/api/v4");

    /// <summary>The manifest repository's name on both.</summary>
    public static string CodeHostPath => GitHubStandIn.Project;

    /// <summary>The token of both.</summary>
    public Secret CodeHostToken { get; } = Secret.Of(RandomToken(20), "sandbox code host");

    /// <summary>The pull or merge requests of this start.</summary>
    public IReadOnlyList<SandboxPullRequest> PullRequests => _pullRequests.All;

    /// <summary>Merges a request as a person would, by a real merge in <see cref="ManifestRepository"/>.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The merge commit.</returns>
    /// <exception cref="InvalidUsageException">There is no such open request.</exception>
    public Task<string> MergePullRequestAsync(int number, CancellationToken cancellationToken = default) => _pullRequests.MergeAsync(number, "sandbox-human", cancellationToken);

    /// <summary>Closes a request without merging it, as a person would.</summary>
    /// <param name="number">Its number.</param>
    public void ClosePullRequest(int number) => _pullRequests.Change(number, request => request with { State = "closed" });

    /// <summary>Reviews an environment that a workflow run on GitHub waits for, as a person would: what <see cref="ApprovalMethod.Host"/> asks GitHub for.</summary>
    /// <param name="run">The run: <c>GITHUB_RUN_ID</c> of its jobs.</param>
    /// <param name="environment">The environment's name on GitHub.</param>
    /// <param name="reviewer">The person's login.</param>
    /// <param name="review">What they say.</param>
    /// <param name="comment">Why.</param>
    public void ReviewEnvironment(long run, string environment, string reviewer, SandboxReview review = SandboxReview.Approved, string comment = "") => _reviews.Add(run, environment, reviewer, review, comment);

    /// <summary>A token that GitHub knows, and that may not read reviews.</summary>
    internal Secret CodeHostTokenWithoutPermission => _reviews.WithoutPermission;

    /// <summary>Lets the next call to Slack fail.</summary>
    /// <param name="error">Slack's word for it, such as <c>not_in_channel</c>, or <c>ratelimited</c>, which comes with status 429 and Retry-After.</param>
    public void FailNextSlackCall(string error) => _slack!.FailNextCall(error);

    /// <summary>Starts the stand-ins over the state that earlier runs left.</summary>
    /// <param name="options">What to stand in for.</param>
    /// <param name="cancellationToken">Ends the start.</param>
    /// <exception cref="InvalidUsageException">The app's or an environment's name can't be part of a path.</exception>
    /// <exception cref="SandboxBusyException">Another run uses the state folder.</exception>
    /// <exception cref="ToolNotFoundException">git is not installed.</exception>
    public static async Task<LocalSandbox> StartAsync(SandboxOptions options, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(options);
        Check(options);
        var held = SandboxLock.Take(options.StateDirectory);
        LocalSandbox? sandbox = null;
        try
        {
            var seed = new Dictionary<string, string>(DefaultSeed.For(options), StringComparer.Ordinal);
            string[] manifests = [.. seed.Keys];
            foreach ((string file, string content) in options.SeedFiles)
                seed[file] = content;
            (ManifestRepository repository, bool created) = await Git.ManifestRepository.OpenAsync(
                Path.Combine(options.StateDirectory, "manifests.git"), seed, manifests, options.Time, cancellationToken).ConfigureAwait(false);
            string stateFile = Path.Combine(options.StateDirectory, "argocd.json");
            if (created)
                File.Delete(stateFile);
            var states = ClusterState.Open(stateFile);
            if (created)
                DefaultSeed.Deploy(options, seed, states);
            repository.DisarmRace(); // a killed run may have left it
            if (options.Faults.HasFlag(SandboxFaults.PushConflict))
                repository.ArmRace(options.Environments[0]);

            sandbox = new LocalSandbox(options, held, repository, states);
            sandbox._server = await LoopbackServer.StartAsync(SandboxPorts.Take(options, Ports), sandbox.MakeStandIns, options.Time, cancellationToken).ConfigureAwait(false);
            return sandbox;
        }
        catch
        {
#pragma warning disable CA1508 // not null where the server could not start
            sandbox?._cluster.Dispose();
#pragma warning restore CA1508
            held.Dispose();
            throw;
        }
    }

    /// <summary>Closes the ports and lets others use the state folder.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_disposed)
            return;
        _disposed = true;
        _cluster.Dispose();
        if (_server is not null)
            await _server.DisposeAsync().ConfigureAwait(false);
        _repository.DisarmRace();
        _lock.Dispose();
    }

    private IReadOnlyList<IStandIn> MakeStandIns(IReadOnlyList<int> ports)
    {
        _ports = ports;
        SandboxFaults faults = _options.Faults;
        _slack = new SlackStandIn(_channels, SlackToken, _webhookPath, faults.HasFlag(SandboxFaults.Slack));
        return
        [
            new RegistryStandIn(Path.Combine(_options.StateDirectory, "registry"), RegistryUser, RegistryPassword, faults.HasFlag(SandboxFaults.Registry), _options.Time),
            new AwsStandIn(_aws, new EcrStandIn(RegistryHost, RegistryUser, RegistryPassword, EcrAccessKeyId, EcrSecretAccessKey, _options.Time)),
            new ArgoCdStandIn(_cluster, ArgoCdToken),
            _slack,
            new WorkloadStandIn(_cluster, _options.App),
            new VaultStandIn(_vaultToken, _options.Secrets, _options.Time),
            new PrometheusStandIn(Metrics, PrometheusToken, _options.Time),
            new GitHubStandIn(_pullRequests, _reviews, CodeHostToken),
            new GitLabStandIn(_pullRequests, CodeHostToken),
        ];
    }

    private AwsAccount MakeAccount()
    {
        var account = new AwsAccount(new AccountKey(EcrAccessKeyId.Reveal(), EcrSecretAccessKey.Reveal()), _options.Time);
        SecretSeeds.Put(_options.Secrets, account);
        return account;
    }

    private Uri Root(int index) => new($"http://127.0.0.1:{_ports[index]}/");

    private string Known(string environment) => _options.Environments.Contains(environment) || _options.IsPreview(environment)
        ? environment
        : throw new ArgumentException($"The sandbox has no environment '{environment}'. Its environments are: {string.Join(", ", _options.Environments)}.", nameof(environment));

    private static void Check(SandboxOptions options)
    {
        if (!Path.IsPathFullyQualified(options.StateDirectory))
            throw new ArgumentException($"SandboxOptions.StateDirectory is '{options.StateDirectory}'; it must be absolute.", nameof(options));
        if (options.Secrets.Count > 0)
            SecretSeeds.Check(options.Secrets);
        if (options.Environments.Count == 0)
            throw new ArgumentException("SandboxOptions.Environments is empty; name at least one.", nameof(options));
        foreach (string name in options.Environments.Prepend(options.App))
            if (name.Length == 0 || !name.All(character => char.IsAsciiLetterOrDigit(character) || character is '-' or '_' or '.') || name[0] is '.' or '-')
                throw new InvalidUsageException($"'{name}' can't be the name of an app or an environment in the sandbox.", null, "Use letters, digits, '-', '_' and '.'.");
    }

    private static string RandomToken(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
