using System.Security.Cryptography;
using Pipelines.Core;

namespace Pipelines.Sandbox.Canary;

/// <summary>A pipeline of a service's own, in a sandbox whose stores hold a sentinel at each reference that it reads.</summary>
internal sealed class CanaryTemplate(PipelinePlan plan, IReadOnlyList<SecretReference> secrets) : PipelineTemplate
{
    private static readonly string[] s_stores = ["aws-sm", "aws-ssm", "vault"];

    public override string Name => plan.Name;

    public override SettingsSchema Schema { get; } = new();

    public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
    {
        var seeds = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (SecretReference reference in secrets)
        {
            string value = Value(reference);
            CanarySession.Current?.Watch(reference.ToString(), Secret.Of(value, reference.ToString()), null);
            if (s_stores.Contains(reference.Scheme))
                seeds[reference.ToString()] = value;
            else
                context.AddSandboxSecret(reference, Secret.Of(value, reference.ToString()));
        }

        LocalSandbox sandbox = await LocalSandbox.StartAsync(
            new SandboxOptions { StateDirectory = Path.Combine(context.Directory, ".pipelines", "sandbox"), App = "canary", Secrets = seeds, Time = context.Time }, cancellationToken).ConfigureAwait(false);
        context.Own(sandbox);
        context.AddSandboxVariables(sandbox.Variables);
        return plan;
    }

    /// <summary>A value that every encoding writes in its own way; of several lines where it is a file's.</summary>
    private static string Value(SecretReference reference)
    {
        string random = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(12));
        string value = $"canary {random}'\"<&>\\$`{{é}}+/=%;{random[..8]}";
        return reference.Scheme == "file" ? $"{value}\nits second line {random[8..]}" : value;
    }
}
