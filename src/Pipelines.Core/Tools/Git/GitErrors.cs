namespace Pipelines.Core.Tools.Git;

/// <summary>Reads what git and the servers say when they refuse.</summary>
/// <remarks>Collected from git's own sources and from the messages of GitHub, GitLab, Bitbucket, Gitea and Azure DevOps.</remarks>
internal static class GitErrors
{
    private const int MaxEvidenceLines = 12;

    // In this order: the first that fits. A lock that was lost is told before the general "declined" of the same push.
    private static readonly (GitFailure Failure, string[] Phrases)[] Known =
    [
        (GitFailure.Rejected, ["non-fast-forward", "(fetch first)", "incorrect old value", "(stale info)", "stale info)", "cannot lock ref", "failed to update ref", "reference already exists", "failed to lock", ".lock': File exists", "but expected "]),
        (GitFailure.Declined, ["hook declined", "protected branch", "GH006", "GH013", "[remote rejected]", "TF402455", "not allowed to push"]),
        (GitFailure.Untrusted, ["SSL certificate problem", "certificate verification failed", "Host key verification failed", "self-signed certificate"]),
        (GitFailure.BranchNotFound, ["Remote branch ", "couldn't find remote ref", "does not match any"]),
        (GitFailure.Authentication, ["Authentication failed", "could not read Username", "could not read Password", "terminal prompts disabled", "Permission denied", "Access denied", "returned error: 401", "returned error: 403", "Invalid username", "Write access to repository not granted", "denied to "]),
        (GitFailure.RepositoryNotFound, ["does not appear to be a git repository", "does not exist", "epository not found", "' not found", "returned error: 404", "could not be found"]),
        (GitFailure.Unreachable, ["Could not resolve host", "Failed to connect", "Couldn't connect", "Connection refused", "timed out", "Connection reset", "Connection closed", "Network is unreachable", "No route to host", "returned error: 5", "returned error: 429", "early EOF", "RPC failed", "hung up unexpectedly", "Operation too slow", "Temporary failure", "unable to access"]),
    ];

    public static GitFailure Classify(string output) =>
        Known.FirstOrDefault(known => known.Phrases.Any(phrase => output.Contains(phrase, StringComparison.OrdinalIgnoreCase))).Failure;

    /// <summary>The last lines of git's error output, without credentials.</summary>
    public static string Evidence(string output)
    {
        string[] lines = [.. GitUrl.WithoutUserInfo(output).Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Where(line => !line.StartsWith("hint:", StringComparison.Ordinal) && !line.StartsWith("To ", StringComparison.Ordinal) && line != "Done")];
        return string.Join('\n', lines.TakeLast(MaxEvidenceLines).Select(line => "  " + line));
    }

    /// <param name="doing">What was tried, such as <c>clone</c>.</param>
    /// <param name="remote">Where.</param>
    /// <param name="output">All that git printed.</param>
    public static GitException For(string doing, GitRemote remote, string output)
    {
        GitFailure failure = Classify(output);
        string where = $"the manifest repository {GitUrl.WithoutUserInfo(remote.Url)}";
        return new GitException(failure, What(failure, doing, remote, where), Evidence(output), Advice(failure, remote));
    }

    private static string What(GitFailure failure, string doing, GitRemote remote, string where) => failure switch
    {
        GitFailure.Rejected => $"Others kept pushing to '{remote.Branch}' of {where}.",
        GitFailure.Declined => $"The server declined the push to '{remote.Branch}' of {where}.",
        GitFailure.Authentication => $"Git was not let in to {doing} {where}.",
        GitFailure.Unreachable => $"Git could not reach {where}.",
        GitFailure.Untrusted => $"Git does not trust the server of {where}.",
        GitFailure.RepositoryNotFound => $"There is no repository to {doing} at {GitUrl.WithoutUserInfo(remote.Url)}.",
        GitFailure.BranchNotFound => $"There is no branch '{remote.Branch}' in {where}.",
        _ => $"Git could not {doing} {where}.",
    };

    private static string Advice(GitFailure failure, GitRemote remote)
    {
        bool http = GitUrl.IsHttp(remote.Url);
        return failure switch
        {
            GitFailure.Rejected => "Run again later, or allow more attempts with ManifestTarget.PushAttempts. Nothing of this deployment was pushed.",
            GitFailure.Declined => $"It was not tried again. Let the pipeline's account push to '{remote.Branch}' (branch protection, server hooks), set manifest.branch to a branch it may push to, or deliver by pull request (DeploymentEnvironment.Delivery, docs/promotion.md).",
            GitFailure.Authentication when http && remote.Token is null => "Set manifest.token to a reference of a token that may write to the repository, such as env://MANIFEST_TOKEN.",
            GitFailure.Authentication when http => $"Check the token that manifest.token refers to ({remote.Token!.Source}): it may be expired or revoked, or lack the permission to write to this repository.",
            GitFailure.Authentication => "Give the pipeline an ssh key that may write to the repository (ssh-agent or a deploy key), or set manifest.repository to its https address and manifest.token to a token's reference.",
            GitFailure.Unreachable => "Check manifest.repository, the network and the proxy of this machine. A stage can try again by WithRetry.",
            GitFailure.Untrusted when http => "Add the server's certificate authority to the trust store of this machine (git: http.sslCAInfo).",
            GitFailure.Untrusted => "Add the server's host key to ~/.ssh/known_hosts of this machine, for example by ssh-keyscan, after comparing its fingerprint.",
            GitFailure.RepositoryNotFound when http => "Check manifest.repository. Servers also say so when the token of manifest.token may not see the repository.",
            GitFailure.RepositoryNotFound => "Check manifest.repository.",
            GitFailure.BranchNotFound => "Set manifest.branch to the branch that Argo CD follows, or create it with a first commit.",
            _ => "Check manifest.repository, manifest.branch and manifest.token.",
        };
    }
}
