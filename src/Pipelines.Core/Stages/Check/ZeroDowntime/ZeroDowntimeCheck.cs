using Pipelines.Core.Model;
using Pipelines.Core.Stages.Check.ZeroDowntime;
using Pipelines.Core.Tools.Helm;
using Pipelines.Core.Tools.Kubectl;

namespace Pipelines.Core;

/// <summary>Reads the manifests that will be deployed and refuses those whose deployment can take the service down. Each rule has an id, a page, and can be turned off with a reason.</summary>
/// <remarks>Deployments, StatefulSets, DaemonSets and Argo Rollouts are looked at; all other kinds are passed over. Values that are still templates are noted and fail nothing.</remarks>
public sealed record ZeroDowntimeCheck : IStage<ZeroDowntimeResult>, IDescribedStage
{
    /// <summary>Checks the manifests of a source.</summary>
    /// <param name="source">Where they come from.</param>
    public ZeroDowntimeCheck(ManifestSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        Source = source;
    }

    /// <summary>Where the manifests come from.</summary>
    public ManifestSource Source { get; }

    /// <summary>How many pods there must be at least (ZD007). 1 for environments that nobody depends on.</summary>
    /// <value>2</value>
    public int MinimumReplicas { get; init; } = 2;

    /// <summary>How long the service takes to finish its requests after it was told to end (ZD006).</summary>
    /// <value>10 seconds</value>
    public TimeSpan Drain { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Rules that are off, each with its reason.</summary>
    /// <value>none</value>
    public IReadOnlyList<RuleOff> TurnedOff { get; init; } = [];

    /// <inheritdoc/>
    public string Description => $"{SourceText} must deploy without downtime{(TurnedOff.Count == 0 ? "" : $"; off: {string.Join(", ", TurnedOff.Select(off => $"{off.Rule} ({off.Reason})"))}")}";

    internal string KubectlProgram { get; init; } = Kubectl.Program;

    internal string HelmProgram { get; init; } = Helm.Program;

    private string SourceText => Source switch
    {
        ManifestSource.Yaml plain => plain.Path,
        ManifestSource.Kustomize kustomize => kustomize.Directory,
        ManifestSource.Helm helm => string.Join(", ", helm.Values.Prepend(helm.Chart).OfType<string>()),
        _ => "",
    };

    /// <summary>Checks.</summary>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ZeroDowntimeFailedException">A rule that is not off was broken.</exception>
    /// <exception cref="ManifestReadException">A file is no valid YAML.</exception>
    /// <exception cref="InvalidUsageException">There is nothing to check.</exception>
    /// <exception cref="ToolNotFoundException">kubectl is not installed, and the source is a kustomization.</exception>
    public async Task<ZeroDowntimeResult> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(context);
        var rules = new RuleContext(this);
        (int resources, bool valuesOnly) = await LookAsync(rules, context, cancellationToken).ConfigureAwait(false);
        var result = new ZeroDowntimeResult(
            [.. rules.Findings.Where(finding => !IsOff(finding)).Order(ByPlace)], [.. rules.Findings.Where(IsOff).Order(ByPlace)], [.. rules.Unknown.Where(finding => !IsOff(finding)).Distinct()], resources)
        { ValuesOnly = valuesOnly };
        Tell(result, context);
        return result.Findings.Count == 0 ? result : throw new ZeroDowntimeFailedException(result);
    }

    private static Comparer<ManifestFinding> ByPlace { get; } = Comparer<ManifestFinding>.Create((one, other) =>
        string.CompareOrdinal(one.File, other.File) is not 0 and var file ? file : one.Line != other.Line ? Nullable.Compare(one.Line, other.Line) : string.CompareOrdinal(one.Rule, other.Rule));

    private bool IsOff(ManifestFinding finding) => TurnedOff.Any(off => off.Rule == finding.Rule);

    private async Task<(int Resources, bool ValuesOnly)> LookAsync(RuleContext rules, StageContext context, CancellationToken cancellationToken)
    {
        var loader = new ManifestLoader(context, KubectlProgram, HelmProgram);
        try
        {
            if (Source is not ManifestSource.Helm { Chart: null })
                return (Check(await loader.LoadAsync(Source, cancellationToken).ConfigureAwait(false), rules), false);
        }
        catch (ToolNotFoundException exception) when (Source is ManifestSource.Helm)
        {
            context.Log.Warning($"{exception.What} The chart can't be rendered: only the conventional keys of its values are checked, and what its templates say is not seen.");
        }

        ValuesRules.Check(loader.Values((ManifestSource.Helm)Source), rules);
        return (0, true);
    }

    private int Check(IReadOnlyList<ManifestDocument> documents, RuleContext rules)
    {
        ManifestDocument[] borrowed = [.. documents.Where(document => document.Kind == "Deployment" && documents.Any(other => other.Root["spec.workloadRef.name"].Text == document.Name))]; // its Rollout is checked instead
        ManifestDocument[] workloads = [.. documents.Where(WorkloadRules.IsWorkload).Except(borrowed)];
        if (workloads.Length == 0)
        {
            string kinds = string.Join(", ", documents.Select(document => document.Kind).Where(kind => kind.Length > 0).Distinct().Order(StringComparer.Ordinal));
            throw new InvalidUsageException($"There is no workload in {SourceText}: nothing was checked.", kinds.Length == 0 ? "  no Kubernetes resources" : $"  its kinds are {kinds}", "Name the manifests with the service's Deployment, StatefulSet, DaemonSet or Rollout.");
        }

        foreach (ManifestDocument workload in workloads)
            WorkloadRules.Check(workload, documents, rules);
        return workloads.Length;
    }

    private void Tell(ZeroDowntimeResult result, StageContext context)
    {
        foreach (ManifestFinding finding in result.Findings)
            context.Log.Error(finding.ToString());
        foreach (ManifestFinding finding in result.TurnedOff)
            context.Log.Warning($"off, because {TurnedOff.First(off => off.Rule == finding.Rule).Reason}: {finding}");
        foreach (ManifestFinding unknown in result.Unknown)
            context.Log.Info($"not told: {unknown}");
        string summary = (result.ValuesOnly ? "values only: " : $"{(result.Resources == 1 ? "1 workload" : $"{result.Resources} workloads")}: ") + (result.Findings.Count == 0 ? "no findings" : result.Findings.Count == 1 ? "1 finding" : $"{result.Findings.Count} findings")
            + (result.TurnedOff.Count == 0 ? "" : $", {result.TurnedOff.Count} turned off") + (result.Unknown.Count == 0 ? "" : $", {result.Unknown.Count} not told");
        context.Log.Info(summary);
        context.Report("zero downtime", summary);
    }
}
