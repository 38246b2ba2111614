using System.Globalization;
using Pipelines.Core;
using Pipelines.Core.Cli.Commands;
using Pipelines.Core.Hosts;
using Pipelines.Core.Tools.Helm;
using Pipelines.Core.Tools.Kubectl;

namespace Pipelines.Templates;

/// <summary>What a live deploy needs beyond the push of an image, for <c>doctor</c>: approvals, pull requests, metrics, migrations, manifests to check.</summary>
internal static class DeliveryChecks
{
    private const string KubectlHint = "https://kubernetes.io/docs/tasks/tools/";
    private const string HelmHint = "https://helm.sh/docs/intro/install/";

    public static IEnumerable<DoctorCheck> All(DeployTarget target, DeploySettings keys, TemplateContext context) =>
    [
        .. target.Environments.Select(environment => Observation(environment, keys, context)).DistinctBy(check => check.Name),
        .. target.Environments.Where(one => one.Environment.IsProtected).SelectMany(one => Approval(one.Environment, context)).DistinctBy(check => check.Name),
        .. target.Environments.Select(one => one.Environment.Delivery).OfType<DeliverBy.PullRequest>().Select(delivery => delivery.Project).Distinct().SelectMany(project => Delivery(project, context)),
        .. target.Environments.SelectMany(one => Migration(one, context)).DistinctBy(check => check.Name),
        .. target.Environments.SelectMany(one => ZeroDowntime(one, keys, context)).DistinctBy(check => check.Name),
    ];

    /// <summary>Whether a secret has a value, as a run would read it.</summary>
    public static DoctorCheck Secret(string name, SecretReference reference, TemplateContext context) => new(name, async cancellationToken =>
    {
        await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false);
        return new DoctorFinding(DoctorStatus.Ok, $"{reference} has a value");
    });

    private static DoctorCheck Observation(EnvironmentTarget target, DeploySettings keys, TemplateContext context)
    {
        if (target.Analysis is not { } analysis)
            return Fixed("prometheus.server", DoctorStatus.Note, "it is not set: nobody observes the metrics of a deployment after its smoke test", $"Set {keys.Prometheus.Server.Key} to watch them (docs/observation.md).");
        PrometheusTarget server = analysis.Prometheus;
        string signIn = server.Token is null && server.User is null ? "without signing in" : "whether the credential is good shows in a run";
        DoctorCheck reach = DeployReach.Http("prometheus.server", new Uri(server.Server.AbsoluteUri.TrimEnd('/') + "/api/v1/query?query=1"), signIn, "Check prometheus.server, and this machine's network and proxy.", context);
        return (server.Token ?? server.Password) is { } secret ? Both(reach, Secret("prometheus.server", secret, context)) : reach;
    }

    private static IEnumerable<DoctorCheck> Approval(DeploymentEnvironment environment, TemplateContext context)
    {
        ApprovalPolicy policy = environment.Approval;
        CiHost? host = context.Host;
        string[] open =
        [
            .. policy.Methods.HasFlag(ApprovalMethod.Terminal) && host is { IsCi: false } ? (string[])["at the terminal"] : [],
            .. policy.Methods.HasFlag(ApprovalMethod.Host) && HostWay(policy, host) is { } way ? (string[])[way] : [],
            .. policy.Methods.HasFlag(ApprovalMethod.Signature) && policy.Signers is not null ? (string[])["by a signature"] : [],
        ];
        string who = policy.Approvers.Count == 0 ? "anybody who can be named" : string.Join(", ", policy.Approvers);
        yield return open.Length > 0
            ? Fixed($"approval {environment.Name}", DoctorStatus.Ok, $"{string.Join(", ", open)}; by {who}")
            : Fixed(
                $"approval {environment.Name}",
                policy.WhenNobodyCan == ApprovalFallback.Fail ? DoctorStatus.Missing : DoctorStatus.Note,
                $"nobody can approve in a run on {(host is { IsCi: true } ? host.Name : "this machine")}: {(policy.WhenNobodyCan == ApprovalFallback.Fail ? "it fails" : $"it ends well before '{environment.Name}', and promote goes on")}",
                "Set approval.signers, or give the job a gate of its host (docs/approvals.md).");
        if (policy.Methods.HasFlag(ApprovalMethod.Host) && policy.HostToken is { } token && host is GitHubActionsHost)
            yield return Secret("approval.host-token", token.In(environment.App, environment.Name), context);
        if (policy.Methods.HasFlag(ApprovalMethod.Signature) && policy.Signers is { } signers)
            yield return DeployReach.File("approval.signers", environment, signers, context);
    }

    /// <summary>Whether the host's gate can name somebody, as far as that shows outside of the gated job.</summary>
    private static string? HostWay(ApprovalPolicy policy, CiHost? host) => host switch
    {
        GitHubActionsHost => policy.HostToken is not null ? "by the reviewers of the job's environment" : policy.Approvers.Count > 0 ? "by starting the workflow by hand" : null,
        { Name: "GitLab CI" } => "by pressing play on a manual job",
        { Name: "Jenkins" } => "by the build's input",
        _ => null,
    };

    private static IEnumerable<DoctorCheck> Delivery(CodeHostProject project, TemplateContext context)
    {
        Uri api = project.Api ?? new Uri(project.Host == CodeHost.GitLab ? "https://gitlab.com/api/v4" : "https://api.github.com");
        yield return DeployReach.Http("delivery.api", api, $"pull requests of {project.Path}", "Check delivery.api, and this machine's network and proxy.", context);
        yield return Secret("delivery.token", project.Token, context);
    }

    private static IEnumerable<DoctorCheck> Migration(EnvironmentTarget target, TemplateContext context)
    {
        if (target.Migration is not { } migration)
            yield break;
        foreach (SecretReference secret in migration.Secrets.Select(secret => secret.In(target.Environment.App, target.Environment.Name)).Distinct())
            yield return Secret($"migrate.secrets ({target.Environment.Name})", secret, context);
        if (migration.Up is not MigrationWork.Job job)
            yield break;
        yield return File.Exists(Path.GetFullPath(job.Manifest, context.Directory))
            ? Fixed($"migrate.job ({target.Environment.Name})", DoctorStatus.Ok, job.Manifest)
            : Fixed($"migrate.job ({target.Environment.Name})", DoctorStatus.Missing, $"there is no {job.Manifest}", "Correct migrate.job, from the service's root.");
        yield return DoctorChecks.Program(Kubectl.Program, ["version", "--client"], KubectlHint, context);
    }

    private static IEnumerable<DoctorCheck> ZeroDowntime(EnvironmentTarget target, DeploySettings keys, TemplateContext context)
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"zero-downtime ({target.Environment.Name})");
        ZeroDowntimeCheck? check;
        DoctorCheck? wrong = null;
        try
        {
            check = keys.ZeroDowntime.Of(target, keys.Manifest, context);
        }
        catch (InvalidUsageException exception)
        {
            (check, wrong) = (null, Fixed(name, DoctorStatus.Missing, exception.What, exception.Advice));
        }

        if (wrong is not null)
            yield return wrong;
        if (check is null)
            yield break;
        yield return Fixed(name, DoctorStatus.Ok, check.Description);
        if (check.Source is ManifestSource.Kustomize)
            yield return DoctorChecks.Program(Kubectl.Program, ["version", "--client"], KubectlHint, context);
        if (check.Source is ManifestSource.Helm)
            yield return DeployDoctor.OrStandIn(DoctorChecks.Program(Helm.Program, ["version", "--short"], HelmHint, context), required: false, "without it only the values are checked");
    }

    private static DoctorCheck Fixed(string name, DoctorStatus status, string text, string? advice = null) => new(name, _ => Task.FromResult(new DoctorFinding(status, text, advice)));

    /// <summary>The first of two that is not well, else what the first one says.</summary>
    private static DoctorCheck Both(DoctorCheck one, DoctorCheck other) => one with
    {
        LookAsync = async cancellationToken =>
        {
            DoctorFinding first = await one.LookAsync(cancellationToken).ConfigureAwait(false);
            if (first.Status != DoctorStatus.Ok)
                return first;
            DoctorFinding second = await other.LookAsync(cancellationToken).ConfigureAwait(false);
            return second.Status != DoctorStatus.Ok ? second : first;
        },
    };
}
