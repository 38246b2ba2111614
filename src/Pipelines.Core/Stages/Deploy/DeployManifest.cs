using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Stages.Deploy;

namespace Pipelines.Core;

/// <summary>Deploys an image by a commit to the manifest repository, which sets the tag in one file and changes no other byte. Argo CD does the rest; <see cref="ArgoCdSync"/> waits for it.</summary>
/// <remarks>
/// <para>A protected environment takes a published image, its proof in another environment, and an approval, all of one digest.</para>
/// <para>The undo reverts the commit and pushes that first; only then it waits for Argo CD. A value that somebody else has set since is left alone.</para>
/// </remarks>
public sealed record DeployManifest : IStage<PublishedImage, Deployment>, IStage<PublishedImage, ProvenDeployment, Approval, Deployment>, IUndoable<Deployment>, IEnvironmentStage, IDescribedStage, ICheckedStage
{
    private const string ThreeInputs = "Add DeployManifest with three inputs: the image, its ProvenDeployment in another environment, and an Approval.";

    /// <summary>Deploys to an environment.</summary>
    /// <param name="environment">The environment, with its manifest.</param>
    /// <exception cref="InvalidUsageException">The environment's manifest is not usable.</exception>
    public DeployManifest(DeploymentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        if (string.IsNullOrWhiteSpace(environment.App))
            throw new InvalidUsageException($"The environment '{environment.Name}' names no app.", null, "Give DeploymentEnvironment.App the service's name.");
        ManifestTargets.Check(environment.Manifest);
        Environment = environment;
    }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <summary>Whether it may take the place of a newer commit of the service. <c>--allow-older</c> says the same for one run.</summary>
    /// <value>false: a run that is late does not undo what a later one did</value>
    public bool AllowOlder { get; init; }

    /// <inheritdoc/>
    public string Description => $"sets {Environment.Manifest.Key} in {Environment.Manifest.File} of {Tools.Git.GitUrl.WithoutUserInfo(Environment.Manifest.Repository)} ({Environment.Manifest.Branch})";

    private string ImageAlone => $"'{Environment.Name}' is a protected environment: an image alone cannot be deployed to it.";

    /// <summary>Deploys to an environment that is not protected.</summary>
    /// <param name="input">The image.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidUsageException">The environment is protected.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached or refuses the push.</exception>
    /// <exception cref="ManifestFileException">The manifest does not hold the tag as it should.</exception>
    /// <exception cref="DigestBlockedException">The digest was rolled back in the environment.</exception>
    /// <exception cref="OlderCommitException">The environment runs a newer commit.</exception>
    public Task<Deployment> RunAsync(PublishedImage input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        return Environment.IsProtected ? throw new InvalidUsageException(ImageAlone, null, ThreeInputs) : DeployAsync(input, [], context, cancellationToken);
    }

    /// <inheritdoc/>
    public string? WhyNot(int inputs) => inputs == 1 && Environment.IsProtected ? $"{ImageAlone} {ThreeInputs}" : null;

    /// <summary>Deploys what was proven elsewhere and approved for this environment.</summary>
    /// <param name="input1">The image.</param>
    /// <param name="input2">Its proof in another environment.</param>
    /// <param name="input3">The approval.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="InvalidUsageException">The three are not of one digest, the approval is for another environment, or the commit's branch may not get there.</exception>
    /// <exception cref="CodeHostException">It is delivered by a pull request, and that was refused or could not be made.</exception>
    /// <exception cref="WaitingForHumanException">It is delivered by a pull request, and the merge is not waited for.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached or refuses the push.</exception>
    /// <exception cref="ManifestFileException">The manifest does not hold the tag as it should.</exception>
    /// <exception cref="DigestBlockedException">The digest was rolled back in the environment.</exception>
    /// <exception cref="OlderCommitException">The environment runs a newer commit.</exception>
    public Task<Deployment> RunAsync(PublishedImage input1, ProvenDeployment input2, Approval input3, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input1);
        ArgumentNullException.ThrowIfNull(input2);
        ArgumentNullException.ThrowIfNull(input3);
        ArgumentNullException.ThrowIfNull(context);
        const string BuildOnce = "Build once and promote the same digest: give the three inputs of one image.";
        Deployment proven = input2.Deployment;
        if (proven.Image.Digest != input1.Digest)
            throw Refused("the image that was proven is another one", $"  to deploy: {input1.Digest}\n  proven:    {proven.Image.Digest} in '{proven.Environment.Name}'", BuildOnce);
        if (input3.Digest != input1.Digest)
            throw Refused("the image that was approved is another one", $"  to deploy: {input1.Digest}\n  approved:  {input3.Digest} by {input3.ApprovedBy}", BuildOnce);
        if (input3.Environment != Environment.Name)
            throw Refused("the approval is for another environment", $"  approved for '{input3.Environment}' by {input3.ApprovedBy}", $"Ask for an approval for '{Environment.Name}'.");
        if (proven.Environment.Name == Environment.Name)
            throw Refused("its proof is from this very environment", null, "Prove it in another one first, such as staging.");
        return DeployAsync(input1, [("Approved-By", input3.ApprovedBy), ("Proven-In", proven.Environment.Name), .. ApprovalTrailers.Of(input3)], context, cancellationToken);
    }

    /// <summary>Reverts the commit of the deployment and pushes that; then waits until Argo CD is there.</summary>
    /// <param name="output">What was deployed.</param>
    /// <param name="context">The context of the undo.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task<UndoReport> UndoAsync(Deployment output, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(context);
        return Environment.Delivery is DeliverBy.PullRequest request && output.Changed
            ? PullRequestDelivery.UndoAsync(output, request, context, cancellationToken)
            : new DeploymentUndo(output, context).RunAsync(cancellationToken);
    }

    private async Task<Deployment> DeployAsync(PublishedImage image, IReadOnlyList<(string, string)> trailers, StageContext context, CancellationToken cancellationToken)
    {
        string tag = image.Reference.Tag ?? throw new InvalidUsageException($"The image {image.Reference} has no tag to write into the manifest.", null, "Push it with a tag.");
        AllowedBranch.Check(Environment, image.Image.Image.Source, context.Run, "deployment to");
        using var repository = new ManifestRepository(Environment.Manifest, context);
        if (Environment.Delivery is DeliverBy.PullRequest request)
            return await new PullRequestDelivery(Environment, request, repository, context).DeployAsync(image, tag, trailers, AllowOlder || context.Run.AllowsOlder, cancellationToken).ConfigureAwait(false);
        context.Log.Info($"Deploying {tag} to {Environment.Name}: {Environment.Manifest.Key} in {Environment.Manifest.File} of {repository.Name}, branch {Environment.Manifest.Branch}.");
        ManifestCommit manifestCommit = DeploymentCommits.For(Environment, image, tag, trailers, context.Run) with { AllowsOlder = AllowOlder || context.Run.AllowsOlder };
        ManifestChange change = await context.EffectAsync(
            DeploymentCommits.Effect,
            $"{Environment.Manifest.Key} = {tag} in {Environment.Manifest.File} of {repository.Name}, branch {Environment.Manifest.Branch}",
            (mayBeDone, token) => repository.FindAsync(manifestCommit, mayBeDone, token),
            token => LockedWork.RunAsync(Environment, context, held => repository.SetTagAsync(manifestCommit, held), token),
            cancellationToken).ConfigureAwait(false);
        string commit = change.Revision[..Math.Min(10, change.Revision.Length)];
        context.Log.Info(change.Changed
            ? $"Pushed {commit}: {Environment.App} in {Environment.Name} goes from {change.PreviousTag ?? "no tag"} to {tag}."
            : $"{Environment.App} {tag} is already deployed to {Environment.Name}: nothing to change (manifest at {commit}).");
        context.Report("environment", Environment.Name);
        context.Report("tag", tag);
        context.Report("previous tag", change.Changed ? change.PreviousTag ?? "none" : $"{tag} (already deployed)");
        context.Report("manifest commit", commit);
        return new Deployment(image, Environment, change.Revision, change.Changed, change.PreviousTag);
    }

    private InvalidUsageException Refused(string reason, string? evidence, string advice) => new($"The deployment to '{Environment.Name}' is refused: {reason}.", evidence, advice);
}
