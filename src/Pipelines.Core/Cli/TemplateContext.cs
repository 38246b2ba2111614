using Pipelines.Core.Hosts;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core;

/// <summary>What a template may use to build its plan.</summary>
public sealed class TemplateContext
{
    private readonly Func<SourceRevision, SourceRevision> _completeSource;
    private SourceRevision? _source;

    internal TemplateContext(Func<SourceRevision, SourceRevision> completeSource, CiHost host) => (_completeSource, Host) = (completeSource, host);

    /// <summary>The settings.</summary>
    public required EffectiveSettings Settings { get; init; }

    /// <summary>Live or sandbox.</summary>
    public required RunMode Mode { get; init; }

    /// <summary>The root of the service. Absolute.</summary>
    public required string Directory { get; init; }

    /// <summary>Whether the plan will be run; false where it is only printed or drawn: then start nothing and ask for no secret.</summary>
    public required bool WillRun { get; init; }

    /// <summary>The run's own folder. Absolute.</summary>
    public required string RunDirectory { get; init; }

    /// <summary>The pull or merge request that is built; null for a branch or a tag.</summary>
    public int? PullRequest => Host.PullRequest;

    /// <summary>The faults that <c>--sandbox-fault</c> asked for, as they were typed.</summary>
    public required IReadOnlyList<string> SandboxFaults { get; init; }

    /// <summary>Secrets by reference.</summary>
    public required ISecretResolver Secrets { get; init; }

    /// <summary>The clock.</summary>
    public required TimeProvider Time { get; init; }

    /// <summary>Tells of something that may need a look but fails nothing.</summary>
    public required Action<string> Warn { get; init; }

    /// <summary>The system that this is on.</summary>
    internal CiHost Host { get; }

    /// <summary>Whether a run goes on, so that what it kept must still fit: the addresses of a sandbox, above all.</summary>
    internal bool IsResumed { get; init; }

    internal List<IRunObserver> Observers { get; } = [];

    internal List<IAsyncDisposable> Owned { get; } = [];

    internal Dictionary<string, string> SandboxSecrets { get; init; } = [];

    /// <summary>Where the sandbox's stand-ins of secret stores are, as the variables that the real ones are found by.</summary>
    internal Dictionary<string, string> SandboxVariables { get; init; } = [];

    internal SourceRevision? Source => _source;

    /// <summary>The commit that is built.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="PipelineException">There is no git checkout, or no commit yet.</exception>
    public async Task<SourceRevision> DescribeSourceAsync(CancellationToken cancellationToken) =>
        _source ??= _completeSource(await Git.DescribeAsync(Directory, Time, cancellationToken, Cli.ServiceDirectory.BuildOutputs(Directory)).ConfigureAwait(false));

    /// <summary>Adds an observer of the run.</summary>
    /// <param name="observer">The observer.</param>
    public void Observe(IRunObserver observer) => Observers.Add(observer);

    /// <summary>Disposes something after the run, the last one first.</summary>
    /// <param name="resource">Such as a sandbox.</param>
    public void Own(IAsyncDisposable resource) => Owned.Add(resource);

    /// <summary>Lets the sandbox hand out a secret that it made up where this reference is read: one of its own, <c>sandbox://name</c>, or one that the settings name.</summary>
    internal void AddSandboxSecret(SecretReference reference, Secret secret) => SandboxSecrets[reference.ToString()] = secret.Reveal();

    /// <summary>Says where the sandbox stands in for the stores of secrets, in the variables that name the real ones. Before the first secret is read.</summary>
    internal void AddSandboxVariables(IReadOnlyDictionary<string, string> variables)
    {
        foreach ((string name, string value) in variables)
            SandboxVariables[name] = value;
    }
}
