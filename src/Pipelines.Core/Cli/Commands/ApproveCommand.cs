using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.GitOps;
using Pipelines.Core.Stages.Approve;
using Pipelines.Core.Tools.Git;
using Pipelines.Core.Tools.Ssh;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>approve</c>: signs a verdict on what waits, and pushes it to the manifest repository.</summary>
internal static class ApproveCommand
{
    public static async Task<int> RunAsync(Invocation invocation)
    {
        ApproveRequest asked = invocation.Request.Approve;
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        DeploymentEnvironment first = session.Environments[0];
        session.Open(first).Dispose(); // says what is missing
        using RefDocuments documents = await RefDocuments.OpenAsync(first.Manifest, session.Context, session.Cancel).ConfigureAwait(false);
        IReadOnlyList<ApprovalRequest> waiting = await WaitingRequests.ReadAsync(documents, first.App, session.Context.Time, session.Cancel).ConfigureAwait(false);
        if (asked.List)
        {
            await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? WaitingRequests.Json(waiting) : WaitingRequests.Text(waiting)).ConfigureAwait(false);
            return 0;
        }

        ApprovalRequest request = WaitingRequests.Choose(waiting, asked.Environment, asked.Digest);
        DeploymentEnvironment environment = session.Environments.FirstOrDefault(one => one.Name == request.Environment) ?? throw new InvalidUsageException(
            $"What waits is for '{request.Environment}', which this checkout's pipeline does not have.",
            "  The environments are " + string.Join(", ", session.Environments.Select(one => one.Name)) + ".",
            $"Approve from a checkout of the commit that waits: git checkout {request.Commit}");
        await DecideAsync(invocation, session, documents, environment, request).ConfigureAwait(false);
        return 0;
    }

    private static async Task DecideAsync(Invocation invocation, EnvironmentSession session, RefDocuments documents, DeploymentEnvironment environment, ApprovalRequest request)
    {
        ApproveRequest asked = invocation.Request.Approve;
        StageContext context = session.Context;
        CancellationToken cancellationToken = session.Cancel;
        if (environment.Approval.Signers is not { } signers || !environment.Approval.Methods.HasFlag(ApprovalMethod.Signature))
            throw new InvalidUsageException($"'{environment.Name}' takes no signed approvals, so the run that waits would ignore one.", null, "Set ApprovalPolicy.Signers to the allowed-signers file, and open ApprovalMethod.Signature.");
        if (asked.Digest is null)
            await ConfirmAsync(invocation, request, asked.Refuse, cancellationToken).ConfigureAwait(false);

        string by = asked.As ?? await GitSigning.MailAsync(invocation.Directory, context.Time, cancellationToken).ConfigureAwait(false)
            ?? throw new InvalidUsageException("Who you are is not known.", null, "Give --as with your name in the allowed-signers file, or set git's user.email.");
        IReadOnlyList<string>? authors = await new GitHistory(invocation.Directory, context.Time).FindAuthorsAsync(request.Commit, cancellationToken).ConfigureAwait(false);
        var rules = new ApproverRules(environment.Approval, authors ?? [], request.StartedBy);
        if ((asked.Refuse ? rules.WhyNot(by) : rules.WhyNotApprove(by, asked.Reason)) is { } why)
            throw new ApprovalException(ApprovalFailure.NotAllowed, environment.Name, $"This would not count for '{environment.Name}': {why}.", null, "Nothing was pushed. Let somebody else decide, or give --reason where one is required.");

        string key = asked.Key is null ? await GitSigning.KeyAsync(invocation.Directory, invocation.Environment.Variables.Get("HOME") ?? invocation.Environment.Variables.Get("USERPROFILE"), context.Time, cancellationToken).ConfigureAwait(false) : Path.GetFullPath(asked.Key, invocation.Environment.CurrentDirectory);
        var verdict = new ApprovalVerdict(request.App, request.Environment, request.Digest, request.Run, request.Nonce, !asked.Refuse, by, asked.Reason, context.Time.GetUtcNow(), request.Expires);
        var ssh = new SshKeygen(invocation.Directory, context.Time);
        string text = verdict.Write();
        string signature = await ssh.SignAsync(text, key, ApprovalVerdict.Purpose, cancellationToken).ConfigureAwait(false);
        string fingerprint = await CheckAsync(ssh, text, signature, by, await AllowedSigners.ReadAsync(signers, environment.Manifest, context, cancellationToken).ConfigureAwait(false), cancellationToken).ConfigureAwait(false);

        string reference = ApprovalRefs.Verdicts(request) + Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(8));
        if (await documents.WriteAsync(reference, ApprovalVerdict.Envelope(text, signature), null, $"{by} {(asked.Refuse ? "refuses" : "approves")} {request.App} {request.Tag} for {request.Environment}", cancellationToken).ConfigureAwait(false) is null)
            throw new GitException(GitFailure.Rejected, $"{reference} is taken already.", null, "Run the command again.");
        await invocation.Environment.Output.WriteLineAsync(
            $"{(asked.Refuse ? "Refused" : "Approved")} {request.App} {request.Tag} for '{request.Environment}' as {by} (key {fingerprint}).\n{request.Digest}\nRun {request.Run} sees it within half a minute.").ConfigureAwait(false);
    }

    /// <summary>Without a digest on the command line a person must see what it is about.</summary>
    private static async Task ConfirmAsync(Invocation invocation, ApprovalRequest request, bool refuse, CancellationToken cancellationToken)
    {
        Terminal terminal = Terminal.Of(invocation.Environment, invocation.Masker, []) ?? throw new InvalidUsageException(
            "Without a terminal, --digest must say what is decided.", $"{request.Summary}", $"Look at it, then: approve --env {request.Environment} --digest {request.Digest}");
        string? answer = await terminal.AskAsync($"{request.Summary}\n{(refuse ? "Refuse" : "Approve")} this? Type the environment's name ('{request.Environment}'): ", cancellationToken).ConfigureAwait(false);
        if (answer?.Trim() != request.Environment)
            throw new InvalidUsageException("Nothing was decided.", null, $"Type '{request.Environment}' to go on.");
    }

    /// <summary>Looks at the signature as the waiting run will.</summary>
    private static async Task<string> CheckAsync(SshKeygen ssh, string text, string signature, string by, string allowedSigners, CancellationToken cancellationToken)
    {
        SshVerdict verdict = await ssh.VerifyAsync(text, signature, by, ApprovalVerdict.Purpose, allowedSigners, cancellationToken).ConfigureAwait(false);
        if (verdict.Fingerprint is { } fingerprint)
            return fingerprint;
        IReadOnlyList<string> names = await ssh.FindPrincipalsAsync(signature, allowedSigners, cancellationToken).ConfigureAwait(false);
        throw new InvalidUsageException(
            $"The allowed-signers file does not give this key to '{by}', so the approval would not count.",
            "  " + verdict.Problem,
            names.Count > 0 ? $"The file gives this key to {string.Join(", ", names)}: use --as." : "Sign with another key (--key), or have yours added to the allowed-signers file. Nothing was pushed.");
    }
}
