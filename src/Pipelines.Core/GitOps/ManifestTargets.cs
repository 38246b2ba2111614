using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps;

/// <summary>Checks what a <see cref="ManifestTarget"/> says, and turns it into a remote.</summary>
internal static class ManifestTargets
{
    /// <exception cref="InvalidUsageException">It is not usable; the message names the setting.</exception>
    public static void Check(ManifestTarget target)
    {
        if (string.IsNullOrWhiteSpace(target.Repository))
            throw new InvalidUsageException("There is no manifest repository to deploy to.", null, "Set manifest.repository to the repository that Argo CD follows.");
        if (target.Repository.StartsWith('-') || target.Repository.Contains("::", StringComparison.Ordinal) || target.Repository.Any(char.IsControl))
            throw new InvalidUsageException("The manifest repository's address is none.", $"  '{GitUrl.WithoutUserInfo(target.Repository)}'", "Set manifest.repository to an https or ssh address, git@host:path, or a path.");
        if (GitUrl.IsHttp(target.Repository) && GitUrl.HasUserInfo(target.Repository))
            throw new InvalidUsageException("The manifest repository's address has credentials in it.", $"  {GitUrl.WithoutUserInfo(target.Repository)}", "Write manifest.repository without them, and set manifest.token to a reference such as env://MANIFEST_TOKEN. Renew a token that was written down.");
        if (string.IsNullOrWhiteSpace(target.Branch) || target.Branch.StartsWith('-') || target.Branch.Contains("..", StringComparison.Ordinal) || target.Branch.Any(character => char.IsControl(character) || " ~^:?*[\\".Contains(character, StringComparison.Ordinal)))
            throw new InvalidUsageException("The manifest's branch is no branch name.", $"  '{target.Branch}'", "Set manifest.branch to the branch that Argo CD follows, such as main.");
        if (target.AuthorName.IndexOfAny(['<', '>', '\n', '\r']) >= 0 || target.AuthorEmail.IndexOfAny(['<', '>', '\n', '\r', ' ']) >= 0 || string.IsNullOrWhiteSpace(target.AuthorName))
            throw new InvalidUsageException("The author of the manifest commits is not usable.", $"  {target.AuthorName} <{target.AuthorEmail}>", "Give AuthorName a name and AuthorEmail an address, without '<' and '>'.");
        if (target.PushAttempts < 1)
            throw new InvalidUsageException("The manifest's push must be tried at least once.", $"  PushAttempts is {target.PushAttempts}", "Set ManifestTarget.PushAttempts to 1 or more.");
        ManifestPath.Check(target.File);
        YamlKeyPath.Parse(target.Key);
        if (target.DigestKey is not null)
            YamlKeyPath.Parse(target.DigestKey, ManifestEdit.DigestSetting);
        if (target.DigestKey == target.Key)
            throw new InvalidUsageException("The manifest's tag and digest have the same key.", $"  '{target.Key}'", $"Set manifest.key to the key of the tag and {ManifestEdit.DigestSetting} to the key of the digest; leave {ManifestEdit.DigestSetting} away where the chart has none.");
    }

    public static async Task<GitRemote> RemoteAsync(ManifestTarget target, StageContext context, CancellationToken cancellationToken)
    {
        string url = GitUrl.IsPath(target.Repository) ? Path.GetFullPath(target.Repository, context.Run.Directory) : target.Repository;
        var remote = new GitRemote(url, target.Branch) { TokenUser = target.TokenUser, IsSandbox = context.Run.Mode == RunMode.Sandbox };
        if (target.Token is null || !GitUrl.IsHttp(url))
            return remote;
        if (new Uri(url) is { Scheme: "http", IsLoopback: false })
            throw new InvalidUsageException("The manifest repository is reached by http, which would send its token in the clear.", $"  {GitUrl.WithoutUserInfo(url)}", "Set manifest.repository to its https address.");
        remote = remote with { Token = await context.Secrets.GetAsync(target.Token, cancellationToken).ConfigureAwait(false) };
        context.Secrets.Add(remote.Credential!);
        return remote;
    }
}
