using Pipelines.Core;
using Pipelines.Core.Clients.CodeHosts;

namespace Pipelines.Templates;

/// <summary>How a deployment's commit gets onto the manifest's branch, where it is not pushed. What is not set comes from the script's <see cref="DeployEnvironment.Delivery"/>.</summary>
internal sealed class DeliveryKeys(SettingsSchema schema)
{
    public const string ByPush = "push";
    public const string ByPullRequest = "pull-request";

    public Setting<string> Host { get; } = schema.Choice("delivery.host", "where the manifest repository's pull or merge requests are", "github", "github", "gitlab");

    public Setting<string> Project { get; } = schema.Text("delivery.project", "the manifest repository there, as owner/name; needed by ENVIRONMENT.delivery: pull-request");

    public Setting<Uri> Api { get; } = schema.Address("delivery.api", "its API, for a host of one's own: https://HOST/api/v3 (GitHub Enterprise), https://HOST/api/v4 (GitLab)");

    public Setting<SecretReference> Token { get; } = schema.Secret("delivery.token", "a token that may write pull requests there", "env://DELIVERY_TOKEN");

    public Setting<bool> Waits { get; } = schema.Flag("delivery.waits", "whether a run waits for the merge; otherwise it ends well, waiting for a human", true);

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("delivery.timeout", "how long it waits for the merge", "24h");

    public DeliverBy Of(EnvironmentKeys environment, EffectiveSettings settings)
    {
        if (settings.Get(environment.Delivery) == ByPush)
            return new DeliverBy.Push();
        var script = environment.Environment.Delivery as DeliverBy.PullRequest;
        CodeHostProject? project = settings.Find(Project) is { } path
            ? new CodeHostProject(settings.Get(Host) == "gitlab" ? CodeHost.GitLab : CodeHost.GitHub, path, settings.Get(Token)) { Api = settings.Find(Api) }
            : script?.Project;
        if (project is null)
            return new DeliverBy.Push(); // told by Check, before anything runs
        var delivery = script is null ? new DeliverBy.PullRequest(project) : script with { Project = project };
        return delivery with
        {
            WaitsForMerge = settings.IsDefault(Waits) ? delivery.WaitsForMerge : settings.Get(Waits),
            Timeout = settings.IsDefault(Timeout) ? delivery.Timeout : settings.Get(Timeout),
        };
    }

    public IEnumerable<string> Check(IReadOnlyList<EnvironmentKeys> environments, EffectiveSettings settings)
    {
        EnvironmentKeys[] byRequest = [.. environments.Where(environment => settings.Get(environment.Delivery) == ByPullRequest)];
        if (byRequest.FirstOrDefault(environment => !settings.Has(Project) && environment.Environment.Delivery is not DeliverBy.PullRequest) is { } first)
            yield return EffectiveSettings.Missing(Project, $"{first.Delivery.Key} is {ByPullRequest}, which opens one there");
        else if (byRequest.Select(environment => Of(environment, settings)).OfType<DeliverBy.PullRequest>().Select(delivery => WrongUse.Of("delivery.*", () => CodeHostAddress.Check(delivery.Project, new Uri("https://api.github.com"), RunMode.Live))).FirstOrDefault(wrong => wrong is not null) is { } wrong)
            yield return wrong;
    }
}
