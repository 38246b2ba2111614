using System.Security.Cryptography;
using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>The tokens of one sandbox, made up, and kept where the settings say that the real ones are: in the stand-ins of the stores, or in place of a variable or a file.</summary>
internal sealed class SandboxTokens
{
    private static readonly string[] s_stores = ["aws-sm", "aws-ssm", "vault"];

    private readonly Dictionary<string, string> _seeds = new(StringComparer.Ordinal);
    private readonly TemplateContext _context;

    public SandboxTokens(string app, DeploySettings keys, TemplateContext context)
    {
        _context = context;
        ArgoCd = Secret.Of(Token(32), "sandbox Argo CD");
        Slack = Secret.Of("xoxb-sandbox-" + Token(16), "sandbox Slack");
        foreach (EnvironmentKeys environment in keys.Environments)
            Keep(context.Settings.Get(keys.ArgoCd.Token).In(app, environment.Name), ArgoCd);
        Keep(context.Settings.Get(keys.ArgoCd.Token).In(app, "preview"), ArgoCd);
        Keep(context.Settings.Get(keys.Slack.Token), Slack);
    }

    public Secret ArgoCd { get; }

    public Secret Slack { get; }

    /// <summary>What the stores hold at the start.</summary>
    public IReadOnlyDictionary<string, string> Seeds => _seeds;

    /// <summary>The reference that the sandbox reads in place of one of the settings: the same, but for a version of a secret, which exists only in the real store.</summary>
    public static SecretReference Read(SecretReference reference) =>
        IsInAStandIn(reference) || !s_stores.Contains(reference.Scheme) ? reference : SecretReference.Parse("sandbox://" + reference.Path);

    private static bool IsInAStandIn(SecretReference reference) => s_stores.Contains(reference.Scheme) && !reference.Path.Contains('?', StringComparison.Ordinal);

    private void Keep(SecretReference reference, Secret token)
    {
        if (IsInAStandIn(reference))
            _seeds[reference.ToString()] = token.Reveal();
        else
            _context.AddSandboxSecret(Read(reference), token);
    }

    private static string Token(int bytes) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
