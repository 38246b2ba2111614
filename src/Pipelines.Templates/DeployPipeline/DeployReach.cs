using System.Globalization;
using Pipelines.Core;
using Pipelines.Core.Clients.Http;
using Pipelines.Core.Tools;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Templates;

/// <summary>Whether the servers of a live deploy answer, for <c>doctor</c>. It changes nothing there.</summary>
internal static class DeployReach
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(5);

    /// <summary>Any answer will do: that it asks to sign in shows that it is there.</summary>
    public static DoctorCheck Http(string name, Uri address, string note, string advice, TemplateContext context) => new(name, async cancellationToken =>
    {
        string host = address.GetLeftPart(UriPartial.Authority);
        using var limit = new CancellationTokenSource(Limit, context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            using HttpResponseMessage response = await SharedHttp.Client.GetAsync(address, HttpCompletionOption.ResponseHeadersRead, either.Token).ConfigureAwait(false);
            int status = (int)response.StatusCode;
            return status >= 500
                ? new DoctorFinding(DoctorStatus.Missing, string.Create(CultureInfo.InvariantCulture, $"{host} answers {status}"), "The server is there and is not well: look at it, or at what stands in front of it.")
                : new DoctorFinding(DoctorStatus.Ok, $"{host} answers; {note}");
        }
        catch (HttpRequestException exception)
        {
            return new DoctorFinding(DoctorStatus.Missing, $"{host} cannot be reached: {exception.Message}", advice);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            return new DoctorFinding(DoctorStatus.Missing, string.Create(CultureInfo.InvariantCulture, $"{host} does not answer within {Limit.TotalSeconds:0} s"), advice);
        }
    });

    /// <summary>Asks the manifest repository for its branch, signed in as a run would be.</summary>
    public static DoctorCheck Manifest(string app, DeploySettings keys, TemplateContext context) => new("manifest.repository", async cancellationToken =>
    {
        EffectiveSettings settings = context.Settings;
        ManifestTarget target = DeployManifestTarget.From(keys, settings, app, keys.Environments[0].Name, settings.Find(keys.Manifest.Repository)!);
        Secret? token = GitUrl.IsHttp(target.Repository) ? await TokenAsync(settings.Get(keys.Manifest.Token), context, cancellationToken).ConfigureAwait(false) : null;
        string url = GitUrl.IsPath(target.Repository) ? Path.GetFullPath(target.Repository, context.Directory) : target.Repository;
        var remote = new GitRemote(url, target.Branch) { Token = token, TokenUser = target.TokenUser };
        Command command = remote.Command("ls-remote", "--heads", "--", remote.Address, $"refs/heads/{target.Branch}").WithTimeout(Limit).WithGracePeriod(TimeSpan.FromSeconds(1));
        CommandResult result;
        try
        {
            result = await ProcessRunner.RunAsync(command, context.Directory, null, context.Secrets, context.Time, cancellationToken).ConfigureAwait(false);
        }
        catch (CommandFailedException)
        {
            return new DoctorFinding(DoctorStatus.Missing, string.Create(CultureInfo.InvariantCulture, $"{target.Repository} does not answer within {Limit.TotalSeconds:0} s"), "Check manifest.repository, and this machine's network and proxy.");
        }

        if (!result.Succeeded)
        {
            GitException error = GitErrors.For("read", remote, result.ErrorOutput);
            return new DoctorFinding(DoctorStatus.Missing, error.What, error.Advice);
        }

        return result.Output.Length > 0
            ? new DoctorFinding(DoctorStatus.Ok, $"{target.Repository} has the branch '{target.Branch}'; whether the token may push shows in a run")
            : new DoctorFinding(DoctorStatus.Missing, $"{target.Repository} has no branch '{target.Branch}'", "Make the branch, or set manifest.branch to the one that Argo CD follows.");
    });

    /// <summary>Whether the allowed-signers file is on its branch.</summary>
    public static DoctorCheck File(string name, DeploymentEnvironment environment, ApprovalSigners signers, TemplateContext context) => new(name, async cancellationToken =>
    {
        ManifestTarget manifest = environment.Manifest;
        string repository = signers.Repository ?? manifest.Repository;
        SecretReference? reference = signers.Repository is null ? manifest.Token : signers.Token;
        string url = GitUrl.IsPath(repository) ? Path.GetFullPath(repository, context.Directory) : repository;
        var remote = new GitRemote(url, signers.Branch ?? (signers.Repository is null ? manifest.Branch : "main"))
        {
            Token = reference is not null && GitUrl.IsHttp(repository) ? await TokenAsync(reference, context, cancellationToken).ConfigureAwait(false) : null,
            TokenUser = manifest.TokenUser,
        };
        DirectoryInfo folder = Directory.CreateTempSubdirectory("pipelines-doctor-");
        try
        {
            CommandResult cloned = await RunAsync(remote.Command("clone", "--quiet", "--depth", "1", "--filter=blob:none", "--no-checkout", "--branch", remote.Branch, "--", remote.Address, folder.FullName)).ConfigureAwait(false);
            if (!cloned.Succeeded)
            {
                GitException error = GitErrors.For("read", remote, cloned.ErrorOutput);
                return new DoctorFinding(DoctorStatus.Missing, error.What, "Check approval.signers-repository and approval.signers-branch. " + error.Advice);
            }

            CommandResult listed = await RunAsync(GitCommand.Create(["-C", folder.FullName, "ls-tree", "--name-only", "HEAD", "--", signers.Path]).AllowAnyExitCode()).ConfigureAwait(false);
            return listed.Output.Length > 0
                ? new DoctorFinding(DoctorStatus.Ok, $"{signers.Path} is in {GitUrl.WithoutUserInfo(repository)}, branch '{remote.Branch}'")
                : new DoctorFinding(DoctorStatus.Missing, $"{GitUrl.WithoutUserInfo(repository)} has no {signers.Path} on the branch '{remote.Branch}'", "Correct approval.signers, or commit the file there (docs/approvals.md).");
        }
        finally
        {
            foreach (FileInfo file in folder.EnumerateFiles("*", SearchOption.AllDirectories))
                file.Attributes = FileAttributes.Normal; // git makes its objects read-only
            folder.Delete(recursive: true);
        }

        Task<CommandResult> RunAsync(Command command) => ProcessRunner.RunAsync(command.Quiet(), context.Directory, null, context.Secrets, context.Time, cancellationToken);
    });

    private static async Task<Secret?> TokenAsync(SecretReference reference, TemplateContext context, CancellationToken cancellationToken)
    {
        try
        {
            return await context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false);
        }
        catch (SecretNotFoundException)
        {
            return null; // told by its own check
        }
    }
}
