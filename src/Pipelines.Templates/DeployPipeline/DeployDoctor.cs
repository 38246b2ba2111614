using Pipelines.Core;
using Pipelines.Core.Cli.Commands;
using Pipelines.Core.Clients.Registry;

namespace Pipelines.Templates;

/// <summary>What a deploy needs of its machine, for <c>doctor</c>.</summary>
internal static class DeployDoctor
{
    private const string DockerHint = "https://docs.docker.com/engine/install/ (Debian: apt-get install docker.io)";
    private const string TrivyHint = "https://trivy.dev/latest/getting-started/installation/";

    public static IReadOnlyList<DoctorCheck> Checks(string app, string ecrRepo, DeploySettings keys, TemplateContext context)
    {
        bool isLive = context.Mode == RunMode.Live;
        List<DoctorCheck> checks =
        [
            new("Dockerfile", _ => Task.FromResult(Dockerfile(keys, context))),
            OrStandIn(DoctorChecks.Program("docker", ["version", "--format", "docker {{.Client.Version}}, engine {{.Server.Version}}"], DockerHint, context), isLive, "in the sandbox the image assembler stands in"),
            OrStandIn(DoctorChecks.Program("trivy", ["--version"], TrivyHint, context), isLive, "in the sandbox the scan is simulated"),
        ];
        if (!isLive)
            return checks;
        EffectiveSettings settings = context.Settings;
        checks.Add(DeliveryChecks.Secret("manifest.token", settings.Get(keys.Manifest.Token), context));
        foreach (SecretReference token in keys.Environments.Select(environment => settings.Get(keys.ArgoCd.Token).In(app, environment.Name)).Distinct())
            checks.Add(DeliveryChecks.Secret("argocd.token", token, context));
        checks.Add(OrStandIn(DeliveryChecks.Secret("slack", settings.Find(keys.Slack.Webhook) ?? settings.Get(keys.Slack.Token), context), required: false, $"Slack hears nothing of runs of {app}; they run all the same"));
        var repository = ImageReference.Parse(ecrRepo);
        string login = RegistryCredentials.For(repository) is RegistryCredentials.Ecr ecr
            ? $"Amazon ECR in {ecr.Region}, signed in to with the AWS credentials of this machine when a run needs it"
            : settings.Has(keys.Registry.User) ? "signed in to with registry.user when a run needs it" : "without signing in (set registry.user for that)";
        checks.Add(DeployReach.Http("registry", new Uri(RegistryAddress.Of(repository), "v2/"), login, "Check the host in ecrRepo, and this machine's network and proxy.", context));
        foreach (EnvironmentKeys environment in keys.Environments)
        {
            if ((settings.Find(environment.ArgoCdServer) ?? settings.Find(keys.ArgoCd.Server)) is not { } server)
                continue;
            string application = Placeholders.Fill(settings.Get(keys.ArgoCd.Application), app, environment.Name);
            checks.Add(DeployReach.Http("argocd.server", new Uri(server.AbsoluteUri.TrimEnd('/') + "/api/version"), $"application {application}", "Check argocd.server, and this machine's network and proxy.", context));
        }

        if (settings.Has(keys.Manifest.Repository))
            checks.Add(DeployReach.Manifest(app, keys, context));
        checks.AddRange(DeliveryChecks.All(LiveTarget.Describe(app, repository, keys, context), keys, context));
        return checks;
    }

    private static DoctorFinding Dockerfile(DeploySettings keys, TemplateContext context)
    {
        string file = Path.GetFullPath(context.Settings.Get(keys.Image.Dockerfile), Path.GetFullPath(context.Settings.Get(keys.Image.Context), context.Directory));
        return File.Exists(file)
            ? new DoctorFinding(DoctorStatus.Ok, file)
            : new DoctorFinding(DoctorStatus.Missing, $"there is none at {file}", "Write one, or name it with image.dockerfile.");
    }

    /// <summary>Where something else takes the place of what is missing, that is a note.</summary>
    public static DoctorCheck OrStandIn(DoctorCheck check, bool required, string instead) => required ? check : check with
    {
        LookAsync = async cancellationToken =>
        {
            try
            {
                return await check.LookAsync(cancellationToken).ConfigureAwait(false);
            }
            catch (PipelineException exception)
            {
                return new DoctorFinding(DoctorStatus.Note, $"{exception.What.ReplaceLineEndings(" ")} {char.ToUpperInvariant(instead[0])}{instead[1..]}.", exception.Advice);
            }
        },
    };
}
