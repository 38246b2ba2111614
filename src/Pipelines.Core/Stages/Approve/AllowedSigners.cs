using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Approve;

/// <summary>Reads the allowed-signers file from the branch that it is pinned to, as the remote has it now.</summary>
internal static class AllowedSigners
{
    /// <exception cref="GitException">The repository cannot be read.</exception>
    /// <exception cref="ManifestFileException">There is no such file.</exception>
    public static async Task<string> ReadAsync(ApprovalSigners signers, ManifestTarget manifest, StageContext context, CancellationToken cancellationToken)
    {
        ManifestTarget source = signers.Repository is null
            ? manifest with { Branch = signers.Branch ?? manifest.Branch, File = signers.Path, DigestKey = null }
            : manifest with { Repository = signers.Repository, Branch = signers.Branch ?? "main", File = signers.Path, Token = signers.Token, DigestKey = null };
        using var repository = new ManifestRepository(source, context);
        return await repository.ReadTextAsync(cancellationToken).ConfigureAwait(false);
    }
}
