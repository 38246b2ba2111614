namespace Pipelines.Templates.Tests.Deploy.Settings;

public sealed class ZeroDowntimeSettingsTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Run_ManifestThatTakesTheServiceDown_PushesNothing()
    {
        Manifests(replicas: 3, maxUnavailable: 1);
        ServiceRun run = await _service.DeployAsync("--set", "zero-downtime.source=deploy/k8s/{environment}.yaml");
        run.Ended(1);
        Assert.Contains("ZD001", run.Output, StringComparison.Ordinal);
        Assert.Matches("push image +– skipped", run.Output);
        run = await _service.DeployAsync("--set", "zero-downtime.source=deploy/k8s/{environment}.yaml", "--set", "zero-downtime.off=ZD001: the night shift watches");
        run.Ended(0);
        Assert.Contains("off, because the night shift watches", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnePod_IsRefusedWhereTheEnvironmentIsProtectedAlone()
    {
        Manifests(replicas: 1, maxUnavailable: 0);
        ServiceRun run = await _service.DeployAsync("--set", "zero-downtime.source=deploy/k8s/{environment}.yaml");
        run.Ended(1);
        Assert.Matches("zero downtime staging +✓ succeeded", run.Output);
        Assert.Matches("zero downtime prod +✗ failed", run.Output);
        Assert.Contains("ZD007", run.Output, StringComparison.Ordinal);
        (await _service.DeployAsync("--stage", "zero downtime prod", "--set", "zero-downtime.source=deploy/k8s/{environment}.yaml", "--set", "zero-downtime.minimum-replicas=1")).Ended(0);
    }

    [Fact]
    public async Task Plan_Source_IsWhatItsFilesAre()
    {
        _service.Write("chart/Chart.yaml", "name: order-service\n");
        _service.Write("overlays/prod/kustomization.yaml", "resources: []\n");
        _service.Write("overlays/staging/kustomization.yaml", "resources: []\n");
        Assert.Equal("chart, deploy/values-prod.yaml must deploy without downtime", await DescriptionAsync("zero-downtime.source=chart"));
        Assert.Equal("overlays/prod must deploy without downtime", await DescriptionAsync("zero-downtime.source=overlays/{environment}"));
        Assert.Equal("deploy must deploy without downtime", await DescriptionAsync("zero-downtime.source=deploy"));
        Assert.DoesNotContain("zero downtime prod", (await _service.LivePlanAsync()).Keys);
    }

    [Fact]
    public async Task Plan_PullRequestsHearOfItAndThePushWaitsForIt()
    {
        Dictionary<string, System.Text.Json.JsonElement> plan = await _service.LivePlanAsync("zero-downtime.source=deploy");
        Assert.Equal(0, plan["zero downtime prod"].GetProperty("conditions").GetArrayLength());
        Assert.Equal(0, plan["zero downtime prod"].GetProperty("inputs").GetArrayLength());
        foreach (string stage in (string[])["zero downtime staging", "zero downtime prod"])
            Assert.Contains(stage, plan["push image"].GetProperty("after").EnumerateArray().Select(name => name.GetString()));
    }

    [Theory]
    [InlineData("zero-downtime.off=ZD099: why not", "There is no rule 'ZD099'")]
    [InlineData("zero-downtime.off=ZD007", "can't be turned off without a reason")]
    [InlineData("zero-downtime.minimum-replicas=0", "is no whole number from 1")]
    [InlineData("zero-downtime.source=k8s", "zero-downtime.source names 'k8s', which is not there")]
    public async Task Run_WrongSetting_IsRefused(string setting, string why) => (await _service.RunAsync("--set", setting)).Refused(2, why);

    [Fact]
    public async Task Doctor_SourceNotThere_SaysSo()
    {
        Assert.Matches(@"MISSING +zero-downtime \(prod\) +zero-downtime.source names 'k8s', which is not there", (await _service.LiveAsync("doctor", "zero-downtime.source=k8s")).Output);
        Assert.Matches(@"ok +zero-downtime \(prod\) +deploy must deploy without downtime", (await _service.LiveAsync("doctor", "zero-downtime.source=deploy")).Output);
    }

    private async Task<string?> DescriptionAsync(string setting) => (await _service.LivePlanAsync(setting))["zero downtime prod"].GetProperty("description").GetString();

    private void Manifests(int replicas, int maxUnavailable)
    {
        foreach (string environment in (string[])["staging", "prod"])
        {
            _service.Write($"deploy/k8s/{environment}.yaml", $$"""
                apiVersion: apps/v1
                kind: Deployment
                metadata: { name: order-service }
                spec:
                  replicas: {{replicas}}
                  strategy: { rollingUpdate: { maxUnavailable: {{maxUnavailable}}, maxSurge: 1 } }
                  selector: { matchLabels: { app: order-service } }
                  template:
                    metadata: { labels: { app: order-service } }
                    spec:
                      terminationGracePeriodSeconds: 30
                      securityContext: { runAsNonRoot: true }
                      containers:
                        - name: app
                          image: registry.example.com/order-service:1.0.0
                          ports: [{ containerPort: 8080 }]
                          readinessProbe: { httpGet: { path: /ready, port: 8080 } }
                          lifecycle: { preStop: { sleep: { seconds: 5 } } }
                          resources: { limits: { memory: 64Mi } }
                ---
                apiVersion: policy/v1
                kind: PodDisruptionBudget
                metadata: { name: order-service }
                spec: { maxUnavailable: 1, selector: { matchLabels: { app: order-service } } }
                """);
        }
    }
}
