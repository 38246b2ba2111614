using System.Security.Cryptography;
using Pipelines.Core.GitOps;
using Pipelines.Core.Hosts;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Approve;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core;

/// <summary>A gate: waits until a person lets a proven digest into an environment, by any of the ways that its <see cref="ApprovalPolicy"/> opens. A refusal and the end of the time end the run.</summary>
/// <remarks>Give it a timeout of its own (<c>WithTimeout</c>) that is longer than <see cref="ApprovalPolicy.Timeout"/>: a stage has an hour otherwise.</remarks>
public sealed record Approve : IStage<ProvenDeployment, Approval>, IEnvironmentStage, IDescribedStage
{
    /// <summary>A gate in front of an environment.</summary>
    /// <param name="environment">The environment, with its policy.</param>
    /// <exception cref="InvalidUsageException">The policy is not usable.</exception>
    public Approve(DeploymentEnvironment environment)
    {
        ArgumentNullException.ThrowIfNull(environment);
        ApprovalPolicy policy = environment.Approval;
        if (policy.Timeout <= TimeSpan.Zero || policy.Timeout > TimeSpan.FromDays(30))
            throw new InvalidUsageException($"The time for an approval of '{environment.Name}' must be more than zero and at most 30 days.", $"  {policy.Timeout}", "Set ApprovalPolicy.Timeout, such as 24 hours.");
        if (policy.Methods == ApprovalMethod.None)
            throw new InvalidUsageException($"'{environment.Name}' opens no way to approve.", null, "Set ApprovalPolicy.Methods.");
        _ = new ApproverRules(policy, [], null);
        Environment = environment;
    }

    /// <summary>The environment.</summary>
    public DeploymentEnvironment Environment { get; }

    /// <inheritdoc/>
    public string Description => $"waits until {(Environment.Approval.Approvers.Count == 0 ? "somebody" : "one of " + string.Join(", ", Environment.Approval.Approvers))} approves ({Environment.Approval.Methods.ToString().ToLowerInvariant()}), for {Durations.Text(Environment.Approval.Timeout)}";

    internal HostEnvironment Variables { get; init; } = HostEnvironment.Process;

    /// <summary>Waits.</summary>
    /// <param name="input">What was proven elsewhere.</param>
    /// <param name="context">The stage's context.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ApprovalException">It was refused, nobody decided in time, who decided may not, or no way is open.</exception>
    /// <exception cref="WaitingForHumanException">No way is open, and the policy says to end waiting then.</exception>
    /// <exception cref="GitException">The manifest repository cannot be reached.</exception>
    public async Task<Approval> RunAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(input);
        ArgumentNullException.ThrowIfNull(context);
        try
        {
            return await GetAsync(input, context, cancellationToken).ConfigureAwait(false);
        }
        catch (ApprovalException nobody) when (nobody.Failure == ApprovalFailure.NoWay && Environment.Approval.WhenNobodyCan == ApprovalFallback.EndWaiting)
        {
            throw Waiting(input, nobody, context);
        }
    }

    private async Task<Approval> GetAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ApprovalQuestion question = await AskAsync(input, context, cancellationToken).ConfigureAwait(false);
        context.Log.Info(question.Request.Summary);
        (ApprovalDecision decision, ApprovalMethod method) = await DecideAsync(question, cancellationToken).ConfigureAwait(false);
        string reason = decision.Reason is null ? "" : $": {decision.Reason}";
        context.Report("approval", $"{(decision.Approved ? "by" : "refused by")} {decision.By}{(method == ApprovalMethod.Simulated ? "" : $" ({method.ToString().ToLowerInvariant()})")}{reason}");
        if (!decision.Approved)
        {
            throw new ApprovalException(
                ApprovalFailure.Refused,
                Environment.Name,
                $"{decision.By} refused {question.Request.App} {question.Request.Tag} for '{Environment.Name}'{reason}.",
                $"  digest {question.Request.Digest}\n  {decision.Proof}",
                "Nothing was deployed. Talk to them; a later run or promote asks anew.");
        }

        context.Log.Info($"Approved by {decision.By}{reason}. How far that is evidence: {decision.Proof}.");
        if (decision.Document is not null)
            await KeepAsync(question, decision, cancellationToken).ConfigureAwait(false);
        return new Approval(question.Request.Digest, Environment.Name, decision.By, decision.Reason, decision.At, method, decision.Proof, decision.Fingerprint);
    }

    private async Task<ApprovalQuestion> AskAsync(ProvenDeployment input, StageContext context, CancellationToken cancellationToken)
    {
        ApprovalPolicy policy = Environment.Approval;
        PublishedImage image = input.Deployment.Image;
        SourceRevision source = image.Image.Image.Source;
        IReadOnlyList<string>? authors = source.Authors ?? await new GitHistory(context.Run.Directory, context.Time).FindAuthorsAsync(source.Commit, cancellationToken).ConfigureAwait(false);
        string? startedBy = context.Run.Actor ?? (context.Run.IsCi ? null : context.Terminal?.User ?? System.Environment.UserName);
        if (policy.ForbidsOwnChanges && (authors is null || startedBy is null))
        {
            throw new ApprovalException(
                ApprovalFailure.NoWay,
                Environment.Name,
                $"Nobody approves a change of their own for '{Environment.Name}', but {(authors is null ? $"who wrote the commit {source.ShortCommit}" : "who started this run")} is not known.",
                null,
                authors is null ? "Fetch the commit into this checkout: git fetch." : "Let the CI system tell who started the build (Jenkins: the plugin build-user-vars).");
        }

        DateTimeOffset now = context.Time.GetUtcNow();
        string summary = await ApprovalSummary.ComposeAsync(Environment, input, authors, context, cancellationToken).ConfigureAwait(false);
        return new ApprovalQuestion
        {
            Environment = Environment,
            Context = context,
            Rules = new ApproverRules(policy, authors ?? [], startedBy),
            Request = new ApprovalRequest(Environment.App, Environment.Name, image.Digest, context.Run.Id, Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16)), now, now + policy.Timeout)
            {
                Tag = image.Reference.Tag ?? image.Digest,
                Commit = source.Commit,
                Branch = source.Branch,
                StartedBy = startedBy,
                Build = context.Run.BuildUrl is null ? null : GitUrl.WithoutUserInfo(context.Run.BuildUrl.AbsoluteUri),
                Summary = summary,
            },
        };
    }

    /// <summary>The first decision of all the ways that are open. Those that know at once are asked first.</summary>
    private async Task<(ApprovalDecision, ApprovalMethod)> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        IApprovalWay[] ways = [.. ((IApprovalWay[])[new SimulatedApproval(), new HostApproval(Variables), new TerminalApproval(), new SignedApproval()]).Where(way => Environment.Approval.Methods.HasFlag(way.Method))];
        var closed = new List<PipelineException>();
        using var limit = new CancellationTokenSource(Environment.Approval.Timeout, question.Context.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, cancellationToken);
        try
        {
            foreach (IApprovalWay way in ways.Where(way => way.IsInstant))
            {
                try
                {
                    return (await way.DecideAsync(question, either.Token).ConfigureAwait(false), way.Method);
                }
                catch (PipelineException exception)
                {
                    closed.Add(exception);
                    if (ways.Length > closed.Count)
                        question.Context.Log.Info($"Not this way: {exception.What}");
                }
            }

            return await RaceAsync([.. ways.Where(way => !way.IsInstant)], question, closed, either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw ApprovalTimes.Expired(question);
        }
    }

    private async Task<(ApprovalDecision, ApprovalMethod)> RaceAsync(IApprovalWay[] ways, ApprovalQuestion question, List<PipelineException> closed, CancellationToken cancellationToken)
    {
        using var decided = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        Dictionary<Task<ApprovalDecision>, IApprovalWay> asked = ways.ToDictionary(way => way.DecideAsync(question, decided.Token), way => way);
        try
        {
            while (asked.Count > 0)
            {
                Task<ApprovalDecision> first = await Task.WhenAny(asked.Keys).ConfigureAwait(false);
                asked.Remove(first, out IApprovalWay? way);
                try
                {
                    return (await first.ConfigureAwait(false), way!.Method);
                }
                catch (PipelineException exception)
                {
                    closed.Add(exception);
                    if (asked.Count > 0)
                        question.Context.Log.Info($"Not this way: {exception.What}");
                }
            }
        }
        finally
        {
            await decided.CancelAsync().ConfigureAwait(false);
            await Task.WhenAll(asked.Keys).ContinueWith(_ => { }, CancellationToken.None, TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default).ConfigureAwait(false); // what they published is taken away
        }

        throw NoWay(closed);
    }

    private PipelineException NoWay(List<PipelineException> closed)
    {
        if (closed.FirstOrDefault(one => one is not ApprovalException || (one is ApprovalException { Failure: ApprovalFailure.Expired })) is { } real)
            return real; // such as a repository that cannot be reached: it may be tried again
        bool notAllowed = closed.OfType<ApprovalException>().Any(one => one.Failure == ApprovalFailure.NotAllowed);
        string? advice = string.Join('\n', closed.Select(one => one.Advice).Where(text => text is not null));
        return new ApprovalException(
            notAllowed ? ApprovalFailure.NotAllowed : ApprovalFailure.NoWay,
            Environment.Name,
            notAllowed ? $"Nobody who may approve for '{Environment.Name}' did." : $"Nobody can approve for '{Environment.Name}' in this run.",
            string.Join('\n', closed.Select(one => "  " + one.What)),
            advice.Length > 0 ? advice : "Open another way with ApprovalPolicy.Methods: a signature works from anywhere that has git (ApprovalPolicy.Signers).");
    }

    /// <summary>What runs in the environment before is well, and this run has done what it can: a person goes on from there.</summary>
    private WaitingForHumanException Waiting(ProvenDeployment proven, ApprovalException nobody, StageContext context)
    {
        Deployment deployment = proven.Deployment;
        string tag = deployment.Image.Reference.Tag ?? deployment.Image.Digest;
        string from = deployment.Environment.Name;
        string command = $"dotnet run --project build -- promote --from {from} --to {Environment.Name}";
        context.Log.Warning($"{nobody.What} This run ends here, and '{Environment.Name}' keeps what it runs.\n{nobody.Evidence}\n'{from}' runs {Environment.App} {tag} and has proven it. Whoever may approve brings it on, from a machine where they can: {command}\nTo be asked in the run itself, open a way: {nobody.Advice} See docs/approvals.md.");
        context.Report("approval", $"waits for a person: {command}");
        return new WaitingForHumanException($"'{from}' runs {Environment.App} {tag} and has proven it; approve it for '{Environment.Name}' by: {command}", nobody.Advice);
    }

    /// <summary>Keeps the signed document where it can be checked again: on top of those of before, and in the run's folder.</summary>
    private async Task KeepAsync(ApprovalQuestion question, ApprovalDecision decision, CancellationToken cancellationToken)
    {
        StageContext context = question.Context;
        Directory.CreateDirectory(context.Run.RunDirectory);
        await File.WriteAllTextAsync(Path.Combine(context.Run.RunDirectory, $"approval-{Environment.Name}.json"), decision.Document, cancellationToken).ConfigureAwait(false);
        using RefDocuments documents = await RefDocuments.OpenAsync(Environment.Manifest, context, cancellationToken).ConfigureAwait(false);
        string name = ApprovalRefs.Counted(Environment.App, Environment.Name);
        for (int attempt = 0; attempt < Environment.Manifest.PushAttempts; attempt++)
        {
            RefDocument? before = await documents.FindAsync(name, cancellationToken).ConfigureAwait(false);
            if (await documents.WriteAsync(name, decision.Document!, before, $"{decision.By} approved {question.Request.App} {question.Request.Tag} for {Environment.Name}", cancellationToken).ConfigureAwait(false) is not null)
                return;
        }

        context.Log.Warning($"The signed approval could not be kept under {name}: others keep writing there. It is in the run's folder.");
    }
}
