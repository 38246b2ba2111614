using System.Text.RegularExpressions;
using Pipelines.Core.Stages.Check.ZeroDowntime;
using Pipelines.Core.Tests.Architecture;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Check.ZeroDowntime;

public sealed partial class ZeroDowntimeCheckTests : IDisposable
{
    private const string Good = """
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: api
        spec:
          replicas: 3
          strategy:
            rollingUpdate:
              maxUnavailable: 0
              maxSurge: 1
          template:
            metadata:
              labels: { app: api, tier: web }
            spec:
              terminationGracePeriodSeconds: 30
              securityContext:
                runAsNonRoot: true
              containers:
                - name: api
                  image: registry.example.com:5000/api:1.2.3
                  ports: [{ containerPort: 8080 }]
                  readinessProbe:
                    httpGet: { path: /ready, port: 8080 }
                  livenessProbe:
                    httpGet: { path: /alive, port: 8080 }
                  lifecycle:
                    preStop: { exec: { command: ["sh", "-c", "sleep 10"] } }
                  resources:
                    limits: { memory: 128Mi }
        ---
        apiVersion: policy/v1
        kind: PodDisruptionBudget
        metadata:
          name: api
        spec:
          maxUnavailable: 1
          selector:
            matchLabels: { app: api }

        """;

    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task RunAsync_GoodManifests_Pass()
    {
        RecordingContext context = Context();
        ZeroDowntimeResult result = await Check(Good).RunAsync(context.Context, default);
        Assert.Empty(result.Findings);
        Assert.Empty(result.Unknown);
        Assert.Equal((1, false), (result.Resources, result.ValuesOnly));
        Assert.Equal("1 workload: no findings", context.Fact("zero downtime"));
    }

    [Theory]
    [InlineData("ZD001", 9, "maxUnavailable is 25%; write 0", "maxUnavailable: 0", "maxUnavailable: 25%")]
    [InlineData("ZD001", 9, "maxUnavailable is 1; write 0", "maxUnavailable: 0", "maxUnavailable: 1")]
    [InlineData("ZD001", 9, "maxUnavailable is not set, and is 25 % then", "maxUnavailable: 0", "# gone")]
    [InlineData("ZD001", 8, "the strategy Recreate stops every pod", "    rollingUpdate:\n      maxUnavailable: 0\n      maxSurge: 1", "    type: Recreate")]
    [InlineData("ZD002", 10, "maxSurge is 0; write at least 1", "maxSurge: 1", "maxSurge: 0")]
    [InlineData("ZD002", 10, "maxSurge is 0%", "maxSurge: 1", "maxSurge: 0%")]
    [InlineData("ZD002", 9, "maxSurge is not set", "maxSurge: 1", "# gone")]
    [InlineData("ZD003", 19, "it has no readinessProbe", "          readinessProbe:\n            httpGet: { path: /ready, port: 8080 }\n", "")]
    [InlineData("ZD003", 19, "it has no readinessProbe", "readinessProbe:\n            httpGet: { path: /ready, port: 8080 }", "readinessProbe: {}")]
    [InlineData("ZD004", 25, "livenessProbe asks the same as readinessProbe (GET 8080/ready)", "path: /alive", "path: /ready")]
    [InlineData("ZD005", 19, "it has no preStop hook", "          lifecycle:\n            preStop: { exec: { command: [\"sh\", \"-c\", \"sleep 10\"] } }\n", "")]
    [InlineData("ZD006", 15, "terminationGracePeriodSeconds is 20, and preStop (10 s) with the time to drain (10 s) takes 20 s", "terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: 20")]
    [InlineData("ZD006", 15, "terminationGracePeriodSeconds is not set, and 30 then, and preStop (25 s)", "terminationGracePeriodSeconds: 30", "# gone", "sleep 10", "sleep 25")]
    [InlineData("ZD006", 15, "preStop (25 s)", "exec: { command: [\"sh\", \"-c\", \"sleep 10\"] }", "sleep: { seconds: 25 }")]
    [InlineData("ZD006", 15, "preStop (25.5 s)", "[\"sh\", \"-c\", \"sleep 10\"]", "[\"sleep\", \"25.5\"]")]
    [InlineData("ZD006", 15, "preStop (25 s)", "[\"sh\", \"-c\", \"sleep 10\"]", "[\"python3\", \"-c\", \"import time; time.sleep(25)\"]")]
    [InlineData("ZD007", 6, "replicas is 1; write at least 2", "replicas: 3", "replicas: 1")]
    [InlineData("ZD007", 6, "replicas is not set, and 1 then; write at least 2", "replicas: 3", "# gone")]
    [InlineData("ZD008", 1, "no PodDisruptionBudget selects its pods (app=api, tier=web)", "matchLabels: { app: api }", "matchLabels: { app: other }")]
    [InlineData("ZD008", 1, "no PodDisruptionBudget selects its pods", "matchLabels: { app: api }", "matchExpressions: [{ key: app, operator: NotIn, values: [api] }]")]
    [InlineData("ZD009", 36, "maxUnavailable is 0: no pod of Deployment api can ever be evicted", "maxUnavailable: 1\n", "maxUnavailable: 0\n")]
    [InlineData("ZD009", 36, "minAvailable is 3, and Deployment api may have 3 pods", "maxUnavailable: 1\n", "minAvailable: 3\n")]
    [InlineData("ZD009", 36, "minAvailable is 100%", "maxUnavailable: 1\n", "minAvailable: 100%\n")]
    [InlineData("ZD010", 20, "the image registry.example.com:5000/api:latest is another one tomorrow", "api:1.2.3", "api:latest")]
    [InlineData("ZD010", 20, "the image registry.example.com:5000/api has no tag", "api:1.2.3", "api")]
    [InlineData("ZD011", 29, "it has no memory limit", "limits: { memory: 128Mi }", "limits: { cpu: 1 }")]
    [InlineData("ZD012", 17, "it may run as root", "runAsNonRoot: true", "runAsNonRoot: false")]
    [InlineData("ZD012", 17, "runAsUser is 0, which is root", "runAsNonRoot: true", "runAsUser: 0")]
    public async Task RunAsync_BrokenRule_IsFoundWithItsPlace(string rule, int line, string message, params string[] changes)
    {
        string text = Good;
        for (int index = 0; index < changes.Length; index += 2)
        {
            Assert.Contains(changes[index], text, StringComparison.Ordinal);
            text = text.Replace(changes[index], changes[index + 1], StringComparison.Ordinal);
        }

        ZeroDowntimeFailedException error = await Assert.ThrowsAsync<ZeroDowntimeFailedException>(() => Check(text).RunAsync(Context().Context, default));
        ManifestFinding finding = Assert.Single(error.Result.Findings);
        Assert.Equal((rule, "app.yaml"), (finding.Rule, finding.File));
        Assert.Contains(message, finding.Message, StringComparison.Ordinal);
        Assert.InRange(finding.Line!.Value, line - 1, line + 1);
        Assert.Contains($"docs/zero-downtime.md#{rule.ToLowerInvariant()}", error.Advice, StringComparison.Ordinal);
        Assert.Contains($"{rule} ", error.Evidence, StringComparison.Ordinal);

        // and turned off, each with its reason
        RecordingContext context = Context();
        ZeroDowntimeResult off = await (Check(text) with { TurnedOff = [new RuleOff(rule, "for this test")] }).RunAsync(context.Context, default);
        Assert.Equal(finding, Assert.Single(off.TurnedOff));
        Assert.Contains("off, because for this test", context.LogText, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("runAsNonRoot: true", "runAsUser: 1000")]
    [InlineData("api:1.2.3", "api@sha256:0123456789012345678901234567890123456789012345678901234567890123")]
    [InlineData("matchLabels: { app: api }", "{}")]
    [InlineData("matchLabels: { app: api }", "matchExpressions: [{ key: tier, operator: In, values: [web, other] }, { key: app, operator: Exists }, { key: x, operator: DoesNotExist }]")]
    [InlineData("maxUnavailable: 1\n", "minAvailable: 2\n")]
    [InlineData("maxUnavailable: 1\n", "minAvailable: 50%\n")]
    [InlineData("maxUnavailable: 0\n", "maxUnavailable: 0%\n")]
    [InlineData("maxSurge: 1", "maxSurge: 25%")]
    [InlineData("livenessProbe:\n            httpGet: { path: /alive, port: 8080 }", "startupProbe:\n            httpGet: { path: /ready, port: 8080 }")]
    [InlineData("httpGet: { path: /alive, port: 8080 }", "tcpSocket: { port: 8080 }")]
    public async Task RunAsync_OtherGoodWays_Pass(string old, string now)
    {
        Assert.Contains(old, Good, StringComparison.Ordinal);
        Assert.Empty((await Check(Good.Replace(old, now, StringComparison.Ordinal)).RunAsync(Context().Context, default)).Findings);
    }

    [Fact]
    public async Task RunAsync_Autoscaler_ItsLeastNumberCounts()
    {
        const string scaler = "---\napiVersion: autoscaling/v2\nkind: HorizontalPodAutoscaler\nmetadata: { name: api }\nspec:\n  scaleTargetRef: { kind: Deployment, name: api }\n  minReplicas: 1\n";
        ManifestFinding finding = Assert.Single(await FindingsAsync(Good + scaler));
        Assert.Equal(("ZD007", "minReplicas is 1; write at least 2", 3), (finding.Rule, finding.Message, finding.Document));
        Assert.Empty(await FindingsAsync(Good.Replace("replicas: 3", "# scaled", StringComparison.Ordinal) + scaler.Replace("minReplicas: 1", "minReplicas: 4", StringComparison.Ordinal)));
        Assert.Equal("ZD007", Assert.Single(await FindingsAsync(Good + "---\napiVersion: keda.sh/v1alpha1\nkind: ScaledObject\nmetadata: { name: api }\nspec:\n  scaleTargetRef: { name: api }\n")).Rule);
    }

    [Fact]
    public async Task RunAsync_EnvironmentNobodyDependsOn_MayHaveOnePod() =>
        Assert.Empty((await (Check(Good.Replace("replicas: 3", "replicas: 1", StringComparison.Ordinal)) with { MinimumReplicas = 1 }).RunAsync(Context().Context, default)).Findings);

    [Fact]
    public async Task RunAsync_SidecarWithoutPort_NeedsNoProbe()
    {
        string text = Good.Replace("      containers:\n", "      containers:\n        - name: logs\n          image: logs:1\n          resources: { limits: { memory: 1Mi } }\n", StringComparison.Ordinal);
        Assert.Empty(await FindingsAsync(text));
        Assert.Contains("container logs", Assert.Single(await FindingsAsync(text.Replace("logs:1", "logs", StringComparison.Ordinal))).Resource, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_RolloutByCanary_IsHeldToTheSameRules()
    {
        string rollout = Good.Replace("apps/v1\nkind: Deployment", "argoproj.io/v1alpha1\nkind: Rollout", StringComparison.Ordinal).Replace("rollingUpdate:", "canary:", StringComparison.Ordinal);
        Assert.Empty(await FindingsAsync(rollout));
        Assert.Equal("ZD001", Assert.Single(await FindingsAsync(rollout.Replace("maxUnavailable: 0", "maxUnavailable: 2", StringComparison.Ordinal))).Rule);
        Assert.Empty(await FindingsAsync(rollout.Replace("    canary:\n      maxUnavailable: 0\n      maxSurge: 1", "    blueGreen: { activeService: api }", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task RunAsync_RolloutThatBorrowsItsPods_IsCheckedOnce()
    {
        const string rollout = "---\napiVersion: argoproj.io/v1alpha1\nkind: Rollout\nmetadata: { name: api }\nspec:\n  replicas: 2\n  workloadRef: { apiVersion: apps/v1, kind: Deployment, name: api }\n  strategy: { canary: { maxUnavailable: 0, maxSurge: 1 } }\n";
        Assert.Empty(await FindingsAsync(Good.Replace("replicas: 3", "replicas: 0", StringComparison.Ordinal) + rollout)); // the Deployment itself is scaled to none
    }

    [Fact]
    public async Task RunAsync_ListsAnchorsAndOtherKinds_AreTolerated()
    {
        string[] documents = Good.Split("---\n");
        string list = "apiVersion: v1\nkind: List\nitems:\n" + string.Concat(documents.Select(document => "  - " + document.TrimEnd().Replace("\n", "\n    ", StringComparison.Ordinal) + "\n"));
        list = list.Replace("labels: { app: api, tier: web }", "labels:\n            <<: { app: api }\n            tier: web", StringComparison.Ordinal).Replace("limits: { memory: 128Mi }", "limits: &limits { memory: 128Mi }", StringComparison.Ordinal);
        string text = list + "---\n---\n# nothing\n---\njust text\n---\napiVersion: example.com/v1\nkind: Widget\nspec: { template: 5 }\n";
        Assert.Empty(await FindingsAsync(text));
        Assert.Equal("ZD008", Assert.Single(await FindingsAsync(text.Replace("<<: { app: api }", "<<: { app: other }", StringComparison.Ordinal))).Rule);
    }

    [Fact]
    public async Task RunAsync_TemplatedLeftovers_AreNotTold()
    {
        RecordingContext context = Context();
        string text = Good.Replace("replicas: 3", "replicas: {{ .Values.replicas }}", StringComparison.Ordinal).Replace("api:1.2.3", "api:${TAG}", StringComparison.Ordinal)
            .Replace("maxUnavailable: 0", "maxUnavailable: \"{{ x }}\"", StringComparison.Ordinal).Replace("terminationGracePeriodSeconds: 30", "terminationGracePeriodSeconds: '{{ y }}'", StringComparison.Ordinal)
            .Replace("matchLabels: { app: api }", "matchLabels: { app: \"{{ name }}\" }", StringComparison.Ordinal);
        ZeroDowntimeResult result = await Check(text).RunAsync(context.Context, default);
        Assert.Equal(["ZD001", "ZD006", "ZD007", "ZD008", "ZD010"], result.Unknown.Select(one => one.Rule).Order(StringComparer.Ordinal));
        Assert.Contains("not told: ZD007", context.LogText, StringComparison.Ordinal);
        Assert.Equal("1 workload: no findings, 5 not told", context.Fact("zero downtime"));
    }

    [Theory]
    [InlineData("a: [1, 2\nb: 3\n", "is no valid YAML", "app.yaml:")]
    [InlineData("a: &x 1\nb: *y\n", "is no valid YAML", "app.yaml:2")]
    [InlineData("a: 1\na: 2\n", "is no valid YAML", "app.yaml:2")]
    [InlineData("{{- if .Values.x }}\nkind: Deployment\n", "is a template, and no YAML yet", "app.yaml:1")]
    public async Task RunAsync_InvalidYaml_SaysWhere(string text, string what, string place)
    {
        ManifestReadException error = await Assert.ThrowsAsync<ManifestReadException>(() => Check(text).RunAsync(Context().Context, default));
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(place, error.Evidence, StringComparison.Ordinal);
        Assert.NotNull(error.Line);
        Assert.Equal(FailureKind.Usage, error.Kind);
    }

    [Fact]
    public async Task RunAsync_DeepNesting_IsRefusedAndNotFatal() =>
        Assert.Contains("nested too deeply", (await Assert.ThrowsAsync<ManifestReadException>(() => Check(new string('[', 200_000)).RunAsync(Context().Context, default))).What, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_NothingToCheck_IsAnError()
    {
        Assert.Contains("its kinds are Service", (await Assert.ThrowsAsync<InvalidUsageException>(() => Check("kind: Service\n").RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
        Assert.Contains("no Kubernetes resources", (await Assert.ThrowsAsync<InvalidUsageException>(() => Check("").RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
        Directory.CreateDirectory(Path.Combine(_directory.Path, "empty"));
        Assert.Contains("has no manifests", (await Assert.ThrowsAsync<InvalidUsageException>(() => new ZeroDowntimeCheck(new ManifestSource.Yaml("empty")).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
        Assert.Contains("cannot be read", (await Assert.ThrowsAsync<ManifestReadException>(() => new ZeroDowntimeCheck(new ManifestSource.Yaml("none.yaml")).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
        Assert.Contains("There is no kustomization 'none'", (await Assert.ThrowsAsync<InvalidUsageException>(() => new ZeroDowntimeCheck(new ManifestSource.Kustomize("none")).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_Folder_IsReadAsAWhole()
    {
        string[] documents = Good.Split("---\n");
        _directory.Write("deploy/app.yaml", documents[0].Replace("replicas: 3", "replicas: 1", StringComparison.Ordinal));
        _directory.Write("deploy/policy/budget.yml", documents[1]);
        _directory.Write("deploy/README.md", "not: [yaml");
        ZeroDowntimeFailedException error = await Assert.ThrowsAsync<ZeroDowntimeFailedException>(() => new ZeroDowntimeCheck(new ManifestSource.Yaml("deploy")).RunAsync(Context().Context, default));
        Assert.Equal("deploy/app.yaml:6", Assert.Single(error.Result.Findings).Place);
    }

    [Fact]
    public async Task RunAsync_Kustomize_ChecksWhatKubectlRenders()
    {
        if (!RealParts.IsInstalled("kubectl"))
        {
            Assert.False(RealParts.AreRequired, "kubectl is not installed (END_TO_END=required)");
            Assert.Skip("kubectl is not installed");
        }

        _directory.Write("base/app.yaml", Good);
        _directory.Write("base/kustomization.yaml", "resources: [app.yaml]\n");
        _directory.Write("prod/replicas.yaml", "apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: api\nspec:\n  replicas: 1\n");
        _directory.Write("prod/kustomization.yaml", "bases: [../base]\nnamePrefix: prod-\npatchesStrategicMerge: [replicas.yaml]\n");
        ZeroDowntimeFailedException error = await Assert.ThrowsAsync<ZeroDowntimeFailedException>(() => new ZeroDowntimeCheck(new ManifestSource.Kustomize("prod")).RunAsync(Context().Context, default));
        ManifestFinding finding = Assert.Single(error.Result.Findings);
        Assert.Equal(("ZD007", "Deployment prod-api", "prod (rendered by kubectl kustomize)"), (finding.Rule, finding.Resource, finding.File));

        _directory.Write("broken/kustomization.yaml", "resources: [missing.yaml]\n");
        Assert.Contains("missing.yaml", (await Assert.ThrowsAsync<CommandFailedException>(() => new ZeroDowntimeCheck(new ManifestSource.Kustomize("broken")).RunAsync(Context().Context, default))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_KubectlMissing_SaysHowToInstallIt()
    {
        _directory.Write("prod/kustomization.yaml", "");
        ToolNotFoundException error = await Assert.ThrowsAsync<ToolNotFoundException>(() => (new ZeroDowntimeCheck(new ManifestSource.Kustomize("prod")) with { KubectlProgram = "no-such-kubectl" }).RunAsync(Context().Context, default));
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Theory]
    [InlineData("ZD099", "why", "There is no rule 'ZD099'")]
    [InlineData("maxSurge", "why", "The rules are ZD001, ZD002")]
    [InlineData("ZD001", "", "can't be turned off without a reason")]
    [InlineData("zd001", "  ", "can't be turned off without a reason")]
    public void RuleOff_WithoutRuleOrReason_IsRefused(string rule, string reason, string message) =>
        Assert.Contains(message, Assert.Throws<InvalidUsageException>(() => new RuleOff(rule, reason)).Message, StringComparison.Ordinal);

    [Fact]
    public void ParseAll_OfASetting_ReadsRulesWithReasons()
    {
        Assert.Equal([new RuleOff("ZD007", "one pod: it holds a lock"), new RuleOff("ZD012", "the base image")], RuleOff.ParseAll("zd007: one pod: it holds a lock; ZD012 : the base image;"));
        Assert.Empty(RuleOff.ParseAll(""));
        Assert.Contains("without a reason", Assert.Throws<InvalidUsageException>(() => RuleOff.ParseAll("ZD007")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Rules_EachHasItsSectionOnThePage()
    {
        string page = File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "zero-downtime.md"));
        Assert.Equal(ZeroDowntimeRule.All.Select(rule => rule.Id), Section().Matches(page).Select(match => match.Groups["id"].Value));
        Assert.All(ZeroDowntimeRule.All, rule => Assert.Contains($"## {rule.Id}\n\n**{char.ToUpperInvariant(rule.Title[0])}{rule.Title[1..]}.**", page, StringComparison.Ordinal));
    }

    private ZeroDowntimeCheck Check(string text)
    {
        _directory.Write("app.yaml", text);
        return new ZeroDowntimeCheck(new ManifestSource.Yaml("app.yaml"));
    }

    private RecordingContext Context() => new(_directory.Path);

    private async Task<ManifestFinding[]> FindingsAsync(string text)
    {
        try
        {
            return [.. (await Check(text).RunAsync(Context().Context, default)).Findings];
        }
        catch (ZeroDowntimeFailedException error)
        {
            return [.. error.Result.Findings];
        }
    }

    [GeneratedRegex(@"^## (?<id>ZD\d+)$", RegexOptions.Multiline)]
    private static partial Regex Section();
}
