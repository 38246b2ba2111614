using Pipelines.Core;

namespace Pipelines.Templates.Tests.Deploy.Settings;

public sealed class DeliverySettingsTests : IDisposable
{
    private readonly Service _service = new();

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Of_PullRequestForProd_IsOneInTheProjectAndStagingIsPushed()
    {
        var pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel)
        {
            Settings =
            {
                ["prod.delivery"] = "pull-request",
                ["delivery.host"] = "gitlab",
                ["delivery.project"] = "shop/k8s/manifests",
                ["delivery.api"] = "https://gitlab.example.com/api/v4",
                ["delivery.token"] = "env://GITLAB_API_TOKEN",
                ["delivery.waits"] = "false",
                ["delivery.timeout"] = "2h",
            },
        };
        DeliverBy[] deliveries = await LiveEnvironments.OfAsync(pipeline, _service, environments => environments.Select(environment => environment.Delivery).ToArray());
        Assert.Equal(
            [
                new DeliverBy.Push(),
                new DeliverBy.PullRequest(new CodeHostProject(CodeHost.GitLab, "shop/k8s/manifests", SecretReference.Parse("env://GITLAB_API_TOKEN")) { Api = new Uri("https://gitlab.example.com/api/v4") }) { WaitsForMerge = false, Timeout = TimeSpan.FromHours(2) },
            ],
            deliveries);
    }

    [Fact]
    public async Task Of_ScriptsPullRequest_StaysUnlessTheSettingsSayOtherwise()
    {
        var script = new DeliverBy.PullRequest(new CodeHostProject(CodeHost.GitHub, "example/manifests", SecretReference.Parse("env://GITHUB_TOKEN"))) { Timeout = TimeSpan.FromHours(5) };
        var pipeline = new DeployPipeline(Service.App, Service.EcrRepo, Service.Channel) { Environments = [new("staging"), new("prod") { IsProtected = true, Delivery = script }] };
        Assert.Equal(script, await ProdAsync());
        pipeline.Settings["delivery.waits"] = "false";
        Assert.Equal(script with { WaitsForMerge = false }, await ProdAsync());
        pipeline.Settings["prod.delivery"] = "push";
        Assert.Equal(new DeliverBy.Push(), await ProdAsync());

        Task<DeliverBy> ProdAsync() => LiveEnvironments.OfAsync(pipeline, _service, environments => environments[1].Delivery);
    }

    [Theory]
    [InlineData("delivery.project is not set, and prod.delivery is pull-request", "prod.delivery=pull-request")]
    [InlineData("'manifests' is no project of GitHub", "prod.delivery=pull-request", "delivery.project=manifests")]
    [InlineData("plain http, which would send the token in the clear", "prod.delivery=pull-request", "delivery.project=a/b", "delivery.api=http://git.example.com/api/v3")]
    [InlineData("Did you mean 'pull-request'?", "prod.delivery=pull-requests")]
    public async Task Run_WrongDelivery_IsRefusedBeforeAnything(string why, params string[] settings) => (await _service.LiveAsync("run", settings)).Refused(2, why);

    [Fact]
    public async Task Run_TokensOfDeliveryAndMetrics_AreAskedForBeforeTheFirstStage()
    {
        _service.Variables["MANIFEST_TOKEN"] = "mt-0123456789";
        _service.Variables["ARGOCD_TOKEN"] = "at-0123456789";
        ServiceRun run = await _service.LiveAsync("run", "prod.delivery=pull-request", "delivery.project=a/b", "prometheus.server=https://prometheus.example.com", "prometheus.token=env://PROM_{environment}", "migrate.command=alembic upgrade head", "migrate.rollback=compatible", "migrate.secrets=DATABASE_URL=env://DB_{environment}", "approval.host-token=env://GITHUB_TOKEN");
        run.Refused(3, "env://DELIVERY_TOKEN", "env://PROM_staging", "env://PROM_prod", "env://DB_staging", "env://DB_prod");
        Assert.DoesNotContain("GITHUB_TOKEN", run.Error, StringComparison.Ordinal); // it is there in a job of GitHub alone
    }

    [Fact]
    public async Task Doctor_DeliveryApiAway_SaysSo()
    {
        ServiceRun run = await _service.LiveAsync("doctor", "prod.delivery=pull-request", "delivery.project=a/b", "delivery.api=http://127.0.0.1:1/api/v3");
        Assert.Matches("MISSING +delivery.api +http://127.0.0.1:1 cannot be reached", run.Output);
        Assert.Matches("MISSING +delivery.token", run.Output);
    }
}
