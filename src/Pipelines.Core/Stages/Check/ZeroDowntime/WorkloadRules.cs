using System.Globalization;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>What must hold of a workload as a whole: how it rolls out, how many pods it has, what protects them.</summary>
internal static class WorkloadRules
{
    private const long DefaultGrace = 30; // terminationGracePeriodSeconds where it is not set

    public static bool IsWorkload(ManifestDocument document) => (document.Group, document.Kind) is ("apps" or "extensions", "Deployment" or "StatefulSet" or "DaemonSet") or ("argoproj.io", "Rollout");

    public static void Check(ManifestDocument workload, IReadOnlyList<ManifestDocument> all, RuleContext context)
    {
        ManifestNode spec = workload.Root["spec"];
        ManifestNode template = Template(workload, all);
        if (workload.Kind is "Deployment" or "Rollout")
            Strategy(workload, spec, context);
        if (workload.Kind != "DaemonSet") // as many as there are nodes
        {
            long? pods = Replicas(workload, spec, all, context);
            Budget(workload, template, all, pods, context);
        }

        if (template.Exists)
            Pod(workload, template["spec"], context);
    }

    /// <summary>A Rollout may borrow its pods from a Deployment.</summary>
    private static ManifestNode Template(ManifestDocument workload, IReadOnlyList<ManifestDocument> all) =>
        workload.Root["spec.workloadRef"] is { Exists: true } reference
            ? all.FirstOrDefault(one => one.Kind == reference["kind"].Text && one.Name == reference["name"].Text)?.Root["spec.template"] ?? default
            : workload.Root["spec.template"];

    private static void Strategy(ManifestDocument workload, ManifestNode spec, RuleContext context)
    {
        ManifestNode strategy = spec["strategy"];
        if (strategy["blueGreen"].Exists)
            return; // all new pods are there before any old one goes
        if (strategy["type"] is { Text: "Recreate" } type)
        {
            context.Find(ZeroDowntimeRule.MaxUnavailable, workload, type, "the strategy Recreate stops every pod before it starts a new one; write type: RollingUpdate with maxUnavailable: 0 and maxSurge: 1");
            return;
        }

        ManifestNode rolling = workload.Kind == "Rollout" ? strategy["canary"] : strategy["rollingUpdate"];
        ManifestNode around = rolling.Exists ? rolling : strategy.Exists ? strategy : spec;
        ManifestNode unavailable = rolling["maxUnavailable"], surge = rolling["maxSurge"];
        if (!context.IsUnknown(ZeroDowntimeRule.MaxUnavailable, workload, unavailable, "maxUnavailable") && !IsZero(unavailable))
            context.Find(ZeroDowntimeRule.MaxUnavailable, workload, unavailable.Exists ? unavailable : around, unavailable.Exists ? $"maxUnavailable is {unavailable.Text}; write 0" : "maxUnavailable is not set, and is 25 % then; write 0");
        if (!context.IsUnknown(ZeroDowntimeRule.MaxSurge, workload, surge, "maxSurge") && (!surge.Exists || IsZero(surge)))
            context.Find(ZeroDowntimeRule.MaxSurge, workload, surge.Exists ? surge : around, $"maxSurge is {surge.Text ?? "not set"}; write at least 1, so that a new pod is ready before an old one goes");
    }

    /// <returns>The fewest pods there may be; null where that can't be told.</returns>
    private static long? Replicas(ManifestDocument workload, ManifestNode spec, IReadOnlyList<ManifestDocument> all, RuleContext context)
    {
        (ManifestDocument document, ManifestNode count, string name, long missing) = (workload, spec["replicas"], "replicas", 1L);
        foreach (ManifestDocument scaler in all.Where(one => Scales(one, workload)))
            (document, count, name, missing) = scaler.Kind == "ScaledObject" ? (scaler, scaler.Root["spec.minReplicaCount"], "minReplicaCount", 0) : (scaler, scaler.Root["spec.minReplicas"], "minReplicas", 1);
        if (context.IsUnknown(ZeroDowntimeRule.Replicas, document, count, name))
            return null;
        long pods = count.Exists ? count.Number ?? missing : missing;
        if (pods < context.Options.MinimumReplicas)
            context.Find(ZeroDowntimeRule.Replicas, document, count.Exists ? count : document.Root["spec"], string.Create(CultureInfo.InvariantCulture, $"{name} is {(count.Exists ? pods : $"not set, and {missing} then")}; write at least {context.Options.MinimumReplicas}"));
        return pods;
    }

    private static bool Scales(ManifestDocument scaler, ManifestDocument workload)
    {
        if ((scaler.Group, scaler.Kind) is not (("autoscaling", "HorizontalPodAutoscaler") or ("keda.sh", "ScaledObject")))
            return false;
        ManifestNode target = scaler.Root["spec.scaleTargetRef"];
        return target["name"].Text == workload.Name && (target["kind"].Text ?? "Deployment") == workload.Kind && SameNamespace(scaler, workload);
    }

    private static void Budget(ManifestDocument workload, ManifestNode template, IReadOnlyList<ManifestDocument> all, long? pods, RuleContext context)
    {
        IReadOnlyDictionary<string, string> labels = template["metadata.labels"].Pairs;
        ManifestDocument[] budgets = [.. all.Where(one => one is { Group: "policy", Kind: "PodDisruptionBudget" } && SameNamespace(one, workload) && Selects(one.Root["spec.selector"], labels))];
        if (budgets.Length == 0 && (pods ?? 2) > 1) // of a single pod a budget could only block the drain or allow all
        {
            if (all.Any(one => one.Kind == "PodDisruptionBudget" && SelectsByTemplate(one.Root["spec.selector"])) || template["metadata.labels"].Children.Any(label => label.Value.IsTemplate))
                context.Unknown.Add(new ManifestFinding(ZeroDowntimeRule.Budget.Id, "the labels or the PodDisruptionBudget's selector are a template", workload.ToString(), workload.File, workload.Number, workload.Root.Line));
            else
                context.Find(ZeroDowntimeRule.Budget, workload, default, $"no PodDisruptionBudget selects its pods ({string.Join(", ", labels.Select(label => $"{label.Key}={label.Value}"))}); add one with maxUnavailable: 1");
        }

        foreach (ManifestDocument budget in budgets)
            Blocks(budget, workload, pods, context);
    }

    private static void Blocks(ManifestDocument budget, ManifestDocument workload, long? pods, RuleContext context)
    {
        ManifestNode unavailable = budget.Root["spec.maxUnavailable"], available = budget.Root["spec.minAvailable"];
        if (context.IsUnknown(ZeroDowntimeRule.BudgetBlocks, budget, unavailable, "maxUnavailable") || context.IsUnknown(ZeroDowntimeRule.BudgetBlocks, budget, available, "minAvailable"))
            return;
        if (unavailable.Exists && IsZero(unavailable))
            context.Find(ZeroDowntimeRule.BudgetBlocks, budget, unavailable, $"maxUnavailable is {unavailable.Text}: no pod of {workload} can ever be evicted; write 1");
        else if (available.Text is { } text && (text.EndsWith('%') ? Percent(text) >= 100 : available.Number >= pods))
            context.Find(ZeroDowntimeRule.BudgetBlocks, budget, available, string.Create(CultureInfo.InvariantCulture, $"minAvailable is {text}, and {workload} may have {(pods is { } count ? count : "no more")} pods: none can ever be evicted; write maxUnavailable: 1 instead"));
    }

    private static bool SelectsByTemplate(ManifestNode selector) => selector.IsTemplate || selector["matchLabels"].IsTemplate || selector["matchLabels"].Children.Any(pair => pair.Value.IsTemplate);

    /// <summary>Whether a label selector fits: all of matchLabels, and the expressions that can be told. An empty one fits everything.</summary>
    private static bool Selects(ManifestNode selector, IReadOnlyDictionary<string, string> labels) =>
        selector.Node is not null
        && selector["matchLabels"].Pairs.All(pair => labels.TryGetValue(pair.Key, out string? value) && value == pair.Value)
        && selector["matchExpressions"].Items.All(expression =>
        {
            string key = expression["key"].Text ?? "";
            string? value = labels.GetValueOrDefault(key);
            string?[] values = [.. expression["values"].Items.Select(item => item.Text)];
            return expression["operator"].Text switch { "In" => value is not null && values.Contains(value), "NotIn" => !values.Contains(value), "Exists" => value is not null, "DoesNotExist" => value is null, _ => false };
        });

    private static void Pod(ManifestDocument workload, ManifestNode pod, RuleContext context)
    {
        ManifestNode[] containers = [.. pod["containers"].Items];
        bool anyPort = containers.Any(container => container["ports"].Items.Any());
        double wait = 0;
        for (int index = 0; index < containers.Length; index++)
        {
            bool serves = anyPort ? containers[index]["ports"].Items.Any() : index == 0; // a sidecar without a port gets no requests
            if (serves)
                wait = Math.Max(wait, ContainerRules.CheckServing(workload, containers[index], context));
            ContainerRules.Check(workload, pod, containers[index], context);
        }

        foreach (ManifestNode container in pod["initContainers"].Items)
            ContainerRules.Check(workload, pod, container, context);

        ManifestNode grace = pod["terminationGracePeriodSeconds"];
        if (context.IsUnknown(ZeroDowntimeRule.Grace, workload, grace, "terminationGracePeriodSeconds"))
            return;
        double seconds = grace.Number ?? DefaultGrace, needed = wait + context.Options.Drain.TotalSeconds;
        if (containers.Length > 0 && seconds <= needed)
        {
            context.Find(ZeroDowntimeRule.Grace, workload, grace.Exists ? grace : pod, string.Create(
                CultureInfo.InvariantCulture, $"terminationGracePeriodSeconds is {(grace.Exists ? $"{seconds}" : $"not set, and {seconds} then")}, and preStop ({wait} s) with the time to drain ({context.Options.Drain.TotalSeconds} s) takes {needed} s; write more than that"));
        }
    }

    private static bool SameNamespace(ManifestDocument one, ManifestDocument other) => one.Namespace is null || other.Namespace is null || one.Namespace == other.Namespace;

    internal static bool IsZero(ManifestNode node) => node.Text is { } text && (node.Number == 0 || Percent(text) == 0);

    private static double? Percent(string text) => text.EndsWith('%') && double.TryParse(text[..^1], NumberStyles.Float, CultureInfo.InvariantCulture, out double value) ? value : null;
}
