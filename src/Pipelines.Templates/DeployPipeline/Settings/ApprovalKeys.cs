using Pipelines.Core;

namespace Pipelines.Templates;

/// <summary>Who lets an image into protected environments. What is not set comes from the script's <see cref="DeployEnvironment.Approval"/>.</summary>
internal sealed class ApprovalKeys(SettingsSchema schema)
{
    private static readonly Dictionary<string, ApprovalMethod> s_methods = new(StringComparer.Ordinal)
    {
        ["terminal"] = ApprovalMethod.Terminal,
        ["host"] = ApprovalMethod.Host,
        ["signature"] = ApprovalMethod.Signature,
    };

    public Setting<string> Approvers { get; } = schema.Text("approval.approvers", "who may approve, with commas; everybody who can be named where not set", check: ListText.Check);

    public Setting<TimeSpan> Timeout { get; } = schema.Duration("approval.timeout", "how long an approval is waited for", "24h");

    public Setting<string> Methods { get; } = schema.Text("approval.methods", "the ways to approve that are open: terminal, host, signature, with commas", "terminal,host,signature", CheckMethods);

    public Setting<bool> ForbidOwnChanges { get; } = schema.Flag("approval.forbid-own-changes", "whether nobody approves a commit that they wrote or a run that they started", false);

    public Setting<bool> RequireReason { get; } = schema.Flag("approval.require-reason", "whether an approval needs a reason", false);

    public Setting<string> Signers { get; } = schema.Text("approval.signers", "the file with the SSH keys that approve by a signature (allowed signers), from its repository's root; nobody can by a signature where not set");

    public Setting<string> SignersRepository { get; } = schema.Text("approval.signers-repository", "the repository of that file, where it is another than manifest.repository", check: text => AddressRules.CheckCredentials(text, "set approval.signers-token to where the token is kept"));

    public Setting<string> SignersBranch { get; } = schema.Text("approval.signers-branch", "its branch; manifest.branch where not set, and main in another repository");

    public Setting<SecretReference> SignersToken { get; } = schema.Secret("approval.signers-token", "the token that may read that repository (https only)");

    public Setting<string> HostEnvironment { get; } = schema.Text("approval.host-environment", "the environment's name on the CI system, where it is another; may hold {environment}");

    public Setting<SecretReference> HostToken { get; } = schema.Secret("approval.host-token", "on GitHub: a token that may read the run's reviews (actions: read), such as env://GITHUB_TOKEN");

    public Setting<string> WhenNobodyCan { get; } = schema.Choice("approval.when-nobody-can", "what becomes of a run in which no way to approve is open: it ends well and waits for promote, or it fails", "wait", "wait", "fail");

    public ApprovalPolicy Of(EnvironmentKeys environment, EffectiveSettings settings)
    {
        ApprovalPolicy script = environment.Environment.Approval;
        return script with
        {
            Approvers = ApproversOf(environment, settings),
            Timeout = settings.IsDefault(Timeout) ? script.Timeout : settings.Get(Timeout),
            Methods = settings.IsDefault(Methods) ? script.Methods : MethodsOf(settings.Get(Methods)),
            ForbidsOwnChanges = settings.IsDefault(ForbidOwnChanges) ? script.ForbidsOwnChanges : settings.Get(ForbidOwnChanges),
            RequiresReason = settings.IsDefault(RequireReason) ? script.RequiresReason : settings.Get(RequireReason),
            WhenNobodyCan = settings.Get(WhenNobodyCan) == "fail" ? ApprovalFallback.Fail : ApprovalFallback.EndWaiting,
            Signers = settings.Find(Signers) is { } path
                ? new ApprovalSigners(path) { Repository = settings.Find(SignersRepository), Branch = settings.Find(SignersBranch), Token = settings.Find(SignersToken) }
                : script.Signers,
            HostEnvironment = settings.Find(HostEnvironment) is { } name ? Placeholders.Fill(name, "", environment.Name) : script.HostEnvironment,
            HostToken = settings.Find(HostToken) ?? script.HostToken,
        };
    }

    public IEnumerable<string> Check(IReadOnlyList<EnvironmentKeys> environments, EffectiveSettings settings, RunMode mode)
    {
        if (!settings.Has(Signers))
            foreach (Setting alone in ((Setting[])[SignersRepository, SignersBranch, SignersToken]).Where(settings.Has))
                yield return $"{alone.Key} is set, and approval.signers, the file there, is not. Set it, or take {alone.Key} away.";
        foreach (EnvironmentKeys environment in environments.Where(one => one.Environment.IsProtected))
        {
            ApprovalPolicy policy = Of(environment, settings);
            foreach (string team in policy.Approvers.Where(name => name.StartsWith('@') && !policy.Teams.ContainsKey(name[1..])))
                yield return $"'{team}', who may approve for {environment.Name} ({(settings.Has(environment.Approvers) ? environment.Approvers : Approvers).Key}), is no team that the script knows. Name the people, or give DeployEnvironment.Approval its Teams.";
            if (mode == RunMode.Live && policy.Methods == ApprovalMethod.Signature && policy.Signers is null)
                yield return $"{environment.Name} is approved by a signature alone (approval.methods), and there is no file with the keys that count. {EffectiveSettings.Missing(Signers, "it names that file")}";
        }
    }

    private IReadOnlyList<string> ApproversOf(EnvironmentKeys environment, EffectiveSettings settings) =>
        settings.IsDefault(environment.Approvers) && environment.Environment.Approval.Approvers is { Count: > 0 } script ? script
        : (settings.Find(environment.Approvers) ?? settings.Find(Approvers)) is { } text ? ListText.Of(text)
        : [];

    private static ApprovalMethod MethodsOf(string text) => ListText.Of(text).Aggregate(ApprovalMethod.None, (methods, name) => methods | s_methods[name]);

    private static string? CheckMethods(string text) =>
        ListText.Check(text) ?? (ListText.Of(text).FirstOrDefault(name => !s_methods.ContainsKey(name)) is { } unknown ? $"'{unknown}' is none of {string.Join(", ", s_methods.Keys)}." : null);
}
