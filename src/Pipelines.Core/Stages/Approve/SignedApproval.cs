using System.Diagnostics.CodeAnalysis;
using Pipelines.Core.GitOps;
using Pipelines.Core.Model;
using Pipelines.Core.Tools.Ssh;

namespace Pipelines.Core.Stages.Approve;

/// <summary>Waits for a signed document in the manifest repository. Git tells nobody that a remote's ref changed, so it is looked for: every 2 seconds at first, every 30 later, until the request expires.</summary>
internal sealed class SignedApproval : IApprovalWay
{
    private static readonly TimeSpan FirstWait = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(30);

    /// <summary>How far the signer's clock may be off before it is said.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public ApprovalMethod Method => ApprovalMethod.Signature;

    public bool IsInstant => false;

    public async Task<ApprovalDecision> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        StageContext context = question.Context;
        if (question.Policy.Signers is not { } signers)
            throw question.Closed("signature: no allowed-signers file is configured (ApprovalPolicy.Signers).");
        using RefDocuments documents = await RefDocuments.OpenAsync(question.Environment.Manifest, context, cancellationToken).ConfigureAwait(false);
        await AllowedSigners.ReadAsync(signers, question.Environment.Manifest, context, cancellationToken).ConfigureAwait(false); // what is missing is told now, not when somebody has signed
        (RefDocument published, question) = await PublishAsync(documents, question, cancellationToken).ConfigureAwait(false);
        try
        {
            context.Log.Info($"Waiting until {question.Request.Expires:u} for a signed approval. Anybody with git and a key that counts can give it:\n  dotnet run --project build -- approve --env {question.Environment.Name}\nGit has no event for a ref of a remote: it is looked for every {FirstWait.TotalSeconds:0} to {LongestWait.TotalSeconds:0} seconds.");
            return await WatchAsync(documents, signers, question, cancellationToken).ConfigureAwait(false);
        }
        finally
        {
            await WithdrawAsync(documents, published, question).ConfigureAwait(false);
        }
    }

    /// <summary>Makes the request known. A run that goes on after a kill finds its own there, and what people said to it meanwhile still counts.</summary>
    private static async Task<(RefDocument, ApprovalQuestion)> PublishAsync(RefDocuments documents, ApprovalQuestion question, CancellationToken cancellationToken)
    {
        ApprovalRequest request = question.Request;
        string name = ApprovalRefs.Waiting(request.App, request.Environment, request.Run);
        for (int attempt = 1; ; attempt++)
        {
            IReadOnlyList<RefDocument> waiting = await documents.ListAsync(ApprovalRefs.AllWaiting(request.App, request.Environment), cancellationToken).ConfigureAwait(false);
            if (attempt == 1)
                await ApprovalLeftovers.RemoveAsync(documents, waiting.Where(document => document.Name != name), question.Context, cancellationToken).ConfigureAwait(false);
            RefDocument? before = waiting.FirstOrDefault(document => document.Name == name);
            if (before is not null && ApprovalRequest.TryRead(before.Text) is { } earlier && IsSame(earlier, request))
                return (before, question with { Request = earlier });
            if (await documents.WriteAsync(name, request.Write(), before, $"{request.App} waits for an approval for {request.Environment}", cancellationToken).ConfigureAwait(false) is { } written)
                return (written, question);
            if (attempt == question.Environment.Manifest.PushAttempts)
                throw new GitException(GitFailure.Rejected, $"Others keep changing {name} in {documents.Repository}.", null, "Look whether the same run is at work twice.");
        }
    }

    private static bool IsSame(ApprovalRequest earlier, ApprovalRequest now) =>
        (earlier.App, earlier.Environment, earlier.Digest, earlier.Run) == (now.App, now.Environment, now.Digest, now.Run) && earlier.Nonce.Length > 0
        && earlier.Since <= now.Since && earlier.Expires > now.Since && earlier.Expires <= now.Expires;

    private static async Task<ApprovalDecision> WatchAsync(RefDocuments documents, ApprovalSigners signers, ApprovalQuestion question, CancellationToken cancellationToken)
    {
        StageContext context = question.Context;
        var known = new HashSet<string>(StringComparer.Ordinal);
        TimeSpan wait = FirstWait;
        int unreachable = 0;
        while (true)
        {
            try
            {
                IReadOnlyList<RefDocument> verdicts = await documents.ListAsync(ApprovalRefs.Verdicts(question.Request) + "*", cancellationToken).ConfigureAwait(false);
                RefDocument[] fresh = [.. verdicts.Where(verdict => !known.Contains(verdict.Commit))];
                if (fresh.Length > 0 && await JudgeAsync(fresh, signers, question, cancellationToken).ConfigureAwait(false) is { } decision)
                    return decision;
                known.UnionWith(fresh.Select(verdict => verdict.Commit));
                unreachable = 0;
            }
            catch (GitException exception) when (exception.IsTransient)
            {
                if (unreachable++ % 10 == 0)
                    context.Log.Warning($"The manifest repository could not be asked for approvals; it is tried again until the time is over. {exception.What}");
            }

            if (context.Time.GetUtcNow() >= question.Request.Expires)
                throw ApprovalTimes.Expired(question);
            await Task.Delay(Jitter(wait), context.Time, cancellationToken).ConfigureAwait(false);
            wait = wait * 1.5 < LongestWait ? wait * 1.5 : LongestWait;
        }
    }

    /// <summary>What counts among verdicts that came together: a refusal before an approval.</summary>
    private static async Task<ApprovalDecision?> JudgeAsync(IReadOnlyList<RefDocument> verdicts, ApprovalSigners signers, ApprovalQuestion question, CancellationToken cancellationToken)
    {
        // Read anew each time: a key that was taken out of the file while we waited does not count any more.
        string allowed = await AllowedSigners.ReadAsync(signers, question.Environment.Manifest, question.Context, cancellationToken).ConfigureAwait(false);
        ApprovalDecision? approved = null;
        foreach (RefDocument verdict in verdicts)
        {
            (ApprovalDecision? decision, string? problem) = await CheckAsync(verdict.Text, allowed, question, cancellationToken).ConfigureAwait(false);
            if (problem is not null)
                question.Context.Log.Warning($"A document in {verdict.Name} does not count and is ignored: {problem}.");
            if (decision is { Approved: false })
                return decision;
            approved ??= decision;
        }

        return approved;
    }

    /// <summary>Whether a document is a verdict of somebody who may decide, for exactly this request.</summary>
    public static async Task<(ApprovalDecision? Decision, string? Problem)> CheckAsync(string envelope, string allowedSigners, ApprovalQuestion question, CancellationToken cancellationToken)
    {
        StageContext context = question.Context;
        ApprovalRequest request = question.Request;
        if (ApprovalVerdict.TryOpen(envelope) is not var (text, signature, verdict))
            return (null, "it is no signed verdict");
        DateTimeOffset now = context.Time.GetUtcNow();
        string? problem =
            verdict.App != request.App ? $"it is for the app '{verdict.App}'"
            : verdict.Environment != request.Environment ? $"it is for the environment '{verdict.Environment}'"
            : verdict.Digest != request.Digest ? $"it is for another digest, {verdict.Digest}"
            : verdict.Run != request.Run || verdict.Nonce != request.Nonce ? $"it answers another request (run {verdict.Run})"
            : verdict.Expires > request.Expires || verdict.Expires <= now ? $"it has expired, or lasts longer than was asked (until {verdict.Expires:u})"
            : null;
        if (problem is not null)
            return (null, problem);

        var ssh = new SshKeygen(context.Run.Directory, context.Time) { ForceToken = context.ForceToken };
        SshVerdict signed = await ssh.VerifyAsync(text, signature, verdict.By, ApprovalVerdict.Purpose, allowedSigners, cancellationToken).ConfigureAwait(false);
        if (signed.Fingerprint is null)
            return (null, $"its signature is not good for '{verdict.By}': {signed.Problem}");
        if ((verdict.Approved ? question.Rules.WhyNotApprove(verdict.By, verdict.Reason) : question.Rules.WhyNot(verdict.By)) is { } why)
            return (null, why);

        // The nonce says that it was made after the request. A clock that says otherwise is wrong, and is not what is recorded.
        bool isOff = verdict.At < request.Since - Skew || verdict.At > now + Skew;
        if (isOff)
            context.Log.Warning($"The clock of {verdict.By} says {verdict.At:u}, ours {now:u}: ours is recorded.");
        return (new ApprovalDecision(verdict.Approved, verdict.By, verdict.Reason, isOff ? now : verdict.At, $"signed with the key {signed.Fingerprint}, which the allowed-signers file gives to {verdict.By}") { Fingerprint = signed.Fingerprint, Document = envelope }, null);
    }

    /// <summary>Takes the request and what was said to it away. The verdict that counted is kept by the stage.</summary>
    private static async Task WithdrawAsync(RefDocuments documents, RefDocument published, ApprovalQuestion question)
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromMinutes(2), question.Context.Time);
        try
        {
            await documents.DeleteAsync(published, limit.Token).ConfigureAwait(false);
            foreach (RefDocument verdict in await documents.ListAsync(ApprovalRefs.Verdicts(question.Request) + "*", limit.Token).ConfigureAwait(false))
                await documents.DeleteAsync(verdict, limit.Token).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or OperationCanceledException)
        {
            question.Context.Log.Warning($"What waited could not be taken away from the manifest repository; it expires by itself. {(exception as PipelineException)?.What}");
        }
    }

    [SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "it spreads requests in time; nothing depends on it being secret")]
    private static TimeSpan Jitter(TimeSpan wait) => wait * (0.75 + (Random.Shared.NextDouble() * 0.5));
}
