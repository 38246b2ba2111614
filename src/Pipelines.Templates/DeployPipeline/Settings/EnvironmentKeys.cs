using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The settings of one environment: their keys start with its name. Where one is not set, the setting for all of them counts.</summary>
internal sealed class EnvironmentKeys
{
    public EnvironmentKeys(DeployEnvironment environment, SettingsSchema schema)
    {
        Environment = environment;
        string name = environment.Name;
        Branches = schema.Text($"{name}.branches", $"the branches whose commits may get to {name}, with commas; those of no environment are built, tested and scanned", string.Join(',', environment.Branches));
        ArgoCdServer = schema.Address($"{name}.argocd-server", $"the Argo CD server of {name}, where it is another than argocd.server", environment.ArgoCdServer?.OriginalString);
        Approvers = schema.Text($"{name}.approvers", $"who may approve for {name}, with commas, where they are others than approval.approvers", environment.Approval.Approvers is { Count: > 0 } approvers ? string.Join(',', approvers) : null, ListText.Check);
        Delivery = schema.Choice($"{name}.delivery", $"how a deployment's commit gets to {name}: by a push, or by a pull request that a person merges", environment.Delivery is DeliverBy.PullRequest ? DeliveryKeys.ByPullRequest : DeliveryKeys.ByPush, DeliveryKeys.ByPush, DeliveryKeys.ByPullRequest);
        SmokeUrl = schema.Text($"{name}.smoke-url", $"what the smoke test of {name} gets, where it is another than smoke.url", environment.SmokeUrl, AddressRules.CheckSmokeUrl);
    }

    public DeployEnvironment Environment { get; }

    public string Name => Environment.Name;

    public Setting<string> Branches { get; }

    public Setting<Uri> ArgoCdServer { get; }

    public Setting<string> Approvers { get; }

    public Setting<string> Delivery { get; }

    public Setting<string> SmokeUrl { get; }

    public IReadOnlyList<string> BranchList(EffectiveSettings settings) => ListText.Of(settings.Get(Branches));
}
