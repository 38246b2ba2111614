using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Stages.Promote;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core;

/// <summary>Keeps what proved itself under a ref of the manifest repository, so that <c>promote</c> can take it to the next environment later, from another machine. Passes it on.</summary>
/// <remarks>The record is as good as the access to the manifest repository: who may push there may deploy, and could write one.</remarks>
public sealed record RecordProof : IStage<ProvenDeployment, ProvenDeployment>, IDescribedStage
{
    /// <inheritdoc/>
    public string Description => "records in the manifest repository that this digest proved itself, for promote";

    /// <summary>Records it.</summary>
    /// <param name="input">What proved itself.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="EnvironmentLockException">The run held a lock of the environment, and lost it.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached or refuses.</exception>
    public async Task<ProvenDeployment> RunAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        DeploymentEnvironment environment = input.Deployment.Environment;
        EnvironmentLease.Find(environment, context)?.ThrowIfLost();
        SourceRevision source = input.Deployment.Image.Image.Image.Source;
        IReadOnlyList<string>? authors = source.Authors ?? await new GitHistory(context.Run.Directory, context.Time).FindAuthorsAsync(source.Commit, cancellationToken).ConfigureAwait(false);
        using RefDocuments documents = await RefDocuments.OpenAsync(environment.Manifest, context, cancellationToken).ConfigureAwait(false);
        await ProofRecords.AddAsync(documents, environment, ProofRecord.Of(input, authors, context.Run, context.Time.GetUtcNow()), cancellationToken).ConfigureAwait(false);
        context.Log.Info($"Recorded under {ProofRecords.Ref(environment)}: {environment.App} {input.Deployment.Image.Reference.Tag} proved itself in '{environment.Name}'.");
        return input;
    }
}
