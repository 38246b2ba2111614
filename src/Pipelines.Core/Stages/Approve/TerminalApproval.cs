using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Approve;

/// <summary>Asks the person at the terminal. Never on a CI system: whoever started a job there is not at its log.</summary>
internal sealed class TerminalApproval : IApprovalWay
{
    private const int MaxTries = 3;

    public ApprovalMethod Method => ApprovalMethod.Terminal;

    public bool IsInstant => false;

    public async Task<ApprovalDecision> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        StageContext context = question.Context;
        if (context.Run.IsCi)
            throw question.Closed("terminal: not on a CI system.");
        if (context.Terminal is not { } terminal)
            throw question.Closed("terminal: nobody sits at this run's terminal.");
        string user = terminal.User;
        // A reason is asked for below: here it only counts who it is.
        if (question.Rules.WhyNotApprove(user, "-") is { } why)
            throw question.Closed($"terminal: {why}.", ApprovalFailure.NotAllowed);

        string environment = question.Environment.Name;
        string asked = $"\n{question.Request.Summary}\nApprove for '{environment}'? Type the environment's name for yes, 'no' to refuse: ";
        for (int attempt = 1; ; attempt++)
        {
            string? answer = (await terminal.AskAsync(asked, cancellationToken).ConfigureAwait(false))?.Trim();
            if (answer is null)
                throw question.Closed("terminal: its input has ended.");
            bool yes = string.Equals(answer, environment, StringComparison.Ordinal);
            if (yes || answer.ToUpperInvariant() is "NO" or "N")
            {
                string? reason = (await terminal.AskAsync(question.Policy.RequiresReason && yes ? "Reason (required): " : "Reason (may be empty): ", cancellationToken).ConfigureAwait(false))?.Trim();
                if (!yes || question.Rules.WhyNotApprove(user, reason) is null)
                    return new ApprovalDecision(yes, user, string.IsNullOrEmpty(reason) ? null : reason, context.Time.GetUtcNow(), $"typed at the terminal of the run, under the account '{user}' of this machine");
            }

            if (attempt == MaxTries)
                throw question.Closed($"terminal: no usable answer in {MaxTries} tries.");
            asked = yes ? "A reason is required here. Type the environment's name again: " : $"Type '{environment}' for yes, or 'no': ";
        }
    }
}
