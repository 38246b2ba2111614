using System.Globalization;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>
/// The same rules on the keys that charts conventionally have (those of <c>helm create</c> and of the widely used public charts). What a chart's templates make of them is not seen: a value that is
/// there and wrong is a finding; one that is missing can't be told, since the template may have it.
/// </summary>
internal static class ValuesRules
{
    public static void Check(ValuesFiles values, RuleContext context)
    {
        Strategy(values, context);
        Probes(values, context);
        Termination(values, context);
        Replicas(values, context);
        Budget(values, context);
        Image(values, context);
        Present(values, context, ZeroDowntimeRule.Memory, "a memory limit", "resources.limits.memory");
        User(values, context);
    }

    private static void Strategy(ValuesFiles values, RuleContext context)
    {
        if (values.Find("updateStrategy.type", "strategy.type", "deploymentStrategy.type") is { Node.Text: "Recreate" } recreate)
        {
            Find(context, ZeroDowntimeRule.MaxUnavailable, recreate, "is Recreate, which stops every pod before it starts a new one; write RollingUpdate with maxUnavailable: 0 and maxSurge: 1");
            return;
        }

        if (values.Find([.. Under("updateStrategy", "rollingUpdate.maxUnavailable"), "maxUnavailable"]) is not { Node.Exists: true } unavailable)
            Untold(values, context, ZeroDowntimeRule.MaxUnavailable, "maxUnavailable");
        else if (!WorkloadRules.IsZero(unavailable.Node) && !unavailable.Node.IsTemplate)
            Find(context, ZeroDowntimeRule.MaxUnavailable, unavailable, $"is {unavailable.Node.Text}; write 0");
        if (values.Find([.. Under("updateStrategy", "rollingUpdate.maxSurge"), "maxSurge"]) is not { Node.Exists: true } surge)
            Untold(values, context, ZeroDowntimeRule.MaxSurge, "maxSurge");
        else if (WorkloadRules.IsZero(surge.Node))
            Find(context, ZeroDowntimeRule.MaxSurge, surge, $"is {surge.Node.Text}; write at least 1");
    }

    private static void Probes(ValuesFiles values, RuleContext context)
    {
        if (values.Find("readinessProbe.enabled", "probes.readiness.enabled") is { Node.Flag: false } off)
            Find(context, ZeroDowntimeRule.Readiness, off, "is false: a pod gets requests before it can answer them");
        else
            Present(values, context, ZeroDowntimeRule.Readiness, "a readiness probe", "readinessProbe", "customReadinessProbe", "probes.readiness");
        foreach (string handler in (string[])["httpGet.path", "path"])
        {
            if (values.Find("readinessProbe." + handler, "probes.readiness." + handler) is { Node.Text: { } ready } && values.Find("livenessProbe." + handler, "probes.liveness." + handler) is { Node.Text: { } alive } liveness
                && ready == alive && values.Find("livenessProbe.enabled") is not { Node.Flag: false })
                Find(context, ZeroDowntimeRule.SameProbes, liveness, $"is {alive} as the readiness probe's: a busy pod is killed where it should only get no more requests");
        }
    }

    private static void Termination(ValuesFiles values, RuleContext context)
    {
        double wait = 0;
        if (values.Find("preStopSeconds", "preStopSleepSeconds", "preStop.sleepSeconds") is { Node.Number: { } seconds })
            wait = seconds;
        else
            Present(values, context, ZeroDowntimeRule.PreStop, "a preStop hook", "lifecycle.preStop", "lifecycleHooks.preStop", "preStop");
        if (values.Find("terminationGracePeriodSeconds") is not { Node.Number: { } grace } found)
            Untold(values, context, ZeroDowntimeRule.Grace, "terminationGracePeriodSeconds");
        else if (grace <= wait + context.Options.Drain.TotalSeconds)
            Find(context, ZeroDowntimeRule.Grace, found, string.Create(CultureInfo.InvariantCulture, $"is {grace}, and preStop ({wait} s) with the time to drain ({context.Options.Drain.TotalSeconds} s) takes {wait + context.Options.Drain.TotalSeconds} s; write more than that"));
    }

    private static void Replicas(ValuesFiles values, RuleContext context)
    {
        bool scales = values.Find("autoscaling.enabled", "autoscaling.hpa.enabled", "hpa.enabled", "keda.enabled") is { Node.Flag: true };
        (ManifestNode Node, ManifestDocument File, string Path)? found = scales
            ? values.Find("autoscaling.minReplicas", "autoscaling.hpa.minReplicas", "hpa.minReplicas", "keda.minReplicas")
            : values.Find("replicaCount", "replicas");
        if (found is not { Node.Number: { } pods } count)
            Untold(values, context, ZeroDowntimeRule.Replicas, "the number of pods");
        else if (pods < context.Options.MinimumReplicas)
            Find(context, ZeroDowntimeRule.Replicas, count, string.Create(CultureInfo.InvariantCulture, $"is {pods}; write at least {context.Options.MinimumReplicas}"));
    }

    private static void Budget(ValuesFiles values, RuleContext context)
    {
        string[] roots = ["podDisruptionBudget", "pdb"];
        if (values.Find([.. roots.SelectMany(root => (string[])[root + ".enabled", root + ".create"])]) is { Node.Flag: false } off)
            Find(context, ZeroDowntimeRule.Budget, off, "is false: a drained node may take all pods; write true");
        else if (values.Find(roots) is { Node.IsEmpty: true, Node.IsMapping: true } empty)
            Find(context, ZeroDowntimeRule.Budget, empty, "is empty: a drained node may take all pods; write maxUnavailable: 1");
        else
            Present(values, context, ZeroDowntimeRule.Budget, "a PodDisruptionBudget", roots);
        if (values.Find([.. roots.Select(root => root + ".maxUnavailable")]) is { } unavailable && WorkloadRules.IsZero(unavailable.Node))
            Find(context, ZeroDowntimeRule.BudgetBlocks, unavailable, $"is {unavailable.Node.Text}: no pod can ever be evicted; write 1");
        if (values.Find([.. roots.Select(root => root + ".minAvailable")]) is { Node.Text: "100%" } available)
            Find(context, ZeroDowntimeRule.BudgetBlocks, available, "is 100%: no pod can ever be evicted; write maxUnavailable: 1 instead");
    }

    private static void Image(ValuesFiles values, RuleContext context)
    {
        if (values.IsSet("image.tag") || values.IsSet("image.digest") || values.Find("image.digest") is { Node.Text.Length: > 0 })
            return;
        if (values.Find("image.tag") is { Node.Text: "latest" } tag)
            Find(context, ZeroDowntimeRule.Tag, tag, "is latest, which is another image tomorrow; name the tag or the digest that was built");
        else if (values.Find("image") is { Node.Text: { Length: > 0 } image } whole && ContainerRules.TagProblem(image) is { } problem)
            Find(context, ZeroDowntimeRule.Tag, whole, problem);
        else if (values.Find("image.tag") is not { Node.Text.Length: > 0 })
            Untold(values, context, ZeroDowntimeRule.Tag, "the image's tag");
    }

    private static void User(ValuesFiles values, RuleContext context)
    {
        string[] roots = ["containerSecurityContext", "securityContext", "podSecurityContext"];
        if (values.Find([.. roots.Select(root => root + ".runAsUser")]) is { Node.Number: 0 } zero)
            Find(context, ZeroDowntimeRule.Root, zero, "is 0, which is root; write the id of another user");
        else if (values.Find([.. roots.Select(root => root + ".runAsNonRoot")]) is { Node.Flag: false } root && values.Find([.. roots.Select(one => one + ".runAsUser")]) is not { Node.Number: > 0 })
            Find(context, ZeroDowntimeRule.Root, root, "is false; write true");
        else
            Present(values, context, ZeroDowntimeRule.Root, "a user", [.. roots.SelectMany(one => (string[])[one + ".runAsNonRoot", one + ".runAsUser"])]);
    }

    private static IEnumerable<string> Under(string first, string path) => ((string[])[first, "strategy", "deploymentStrategy"]).Select(root => $"{root}.{path}");

    private static void Find(RuleContext context, ZeroDowntimeRule rule, (ManifestNode Node, ManifestDocument File, string Path) at, string message) =>
        context.Findings.Add(new ManifestFinding(rule.Id, $"{at.Path} {message}", "values", at.File.File, at.File.Number, at.Node.Line));

    private static void Present(ValuesFiles values, RuleContext context, ZeroDowntimeRule rule, string what, params IReadOnlyList<string> paths)
    {
        if (values.Find(paths) is not { Node.IsEmpty: false })
            Untold(values, context, rule, what);
    }

    private static void Untold(ValuesFiles values, RuleContext context, ZeroDowntimeRule rule, string what) =>
        context.Unknown.Add(new ManifestFinding(rule.Id, $"the values do not say {what}: it is the chart's", "values", values.Files[^1].File, 1, null));
}
