using Pipelines.Core.Clients.GitHub;
using Pipelines.Core.Hosts;

namespace Pipelines.Core.Stages.Approve;

/// <summary>The gate of the CI system: the job runs only after somebody opened it, so what is left to find out is who, and how far the host's word for it goes.</summary>
internal sealed class HostApproval(HostEnvironment variables) : IApprovalWay
{
    public ApprovalMethod Method => ApprovalMethod.Host;

    public bool IsInstant => true;

    public async Task<ApprovalDecision> DecideAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        ApprovalDecision decision = question.Context.Run.Host switch
        {
            "GitHub Actions" => await GitHubAsync(question, cancellationToken).ConfigureAwait(false),
            "GitLab CI" => GitLab(question),
            "Jenkins" => Jenkins(question),
            "local" => throw question.Closed("host: this run is on no CI system."),
            string other => throw question.Closed($"host: {other} does not tell who opens its gates."),
        };
        return !decision.Approved ? decision
            : question.Rules.WhyNotApprove(decision.By, decision.Reason) is { } why ? throw question.Closed($"host: {why}.", ApprovalFailure.NotAllowed)
            : decision;
    }

    private static string EnvironmentOf(ApprovalQuestion question) => question.Policy.HostEnvironment ?? question.Environment.Name;

    /// <summary>Who reviewed the environment, from GitHub itself; without a token, who started the workflow by hand.</summary>
    private async Task<ApprovalDecision> GitHubAsync(ApprovalQuestion question, CancellationToken cancellationToken)
    {
        string environment = EnvironmentOf(question);
        if (question.Policy.HostToken is { } reference)
        {
            string repository = variables.Get("GITHUB_REPOSITORY") ?? throw question.Closed("host: GITHUB_REPOSITORY is not set.");
            string run = variables.Get("GITHUB_RUN_ID") ?? throw question.Closed("host: GITHUB_RUN_ID is not set.");
            Secret token = await question.Context.Secrets.GetAsync(reference, cancellationToken).ConfigureAwait(false);
            var project = new CodeHostProject(CodeHost.GitHub, repository, reference) { Api = HostValues.Address(variables.Get("GITHUB_API_URL")) };
            IReadOnlyList<GitHubReview> reviews = await new GitHubClient(project, token, question.Context.Run.Mode, question.Context.Time).ReviewsAsync(run, cancellationToken).ConfigureAwait(false);
            GitHubReview review = reviews.FirstOrDefault(review => !review.Approved && Covers(review)) ?? reviews.LastOrDefault(Covers)
                ?? throw question.Closed($"host: nobody reviewed the environment '{environment}' in run {run}.", advice: $"Give the job 'environment: {environment}', and that environment required reviewers, in the repository's settings.");
            return new ApprovalDecision(review.Approved, review.By, string.IsNullOrWhiteSpace(review.Comment) ? null : review.Comment, question.Context.Time.GetUtcNow(), $"GitHub says that {review.By} reviewed '{environment}' for run {run}; GitHub knows the run's commit, not the digest");

            bool Covers(GitHubReview one) => one.Environments.Contains(environment, StringComparer.OrdinalIgnoreCase);
        }

        if (variables.Get("GITHUB_EVENT_NAME") != "workflow_dispatch")
            throw question.Closed("host: without a token GitHub does not tell who reviewed the job: GITHUB_ACTOR is who pushed.", advice: "Set ApprovalPolicy.HostToken to a token with 'actions: read', such as the job's own GITHUB_TOKEN.");
        // Whoever may write to the repository may start a workflow: that is no gate unless somebody has said whose word counts.
        if (question.Policy.Approvers.Count == 0)
            throw question.Closed("host: without a token GitHub tells only who started the workflow by hand, which counts only where the approvers are named.", advice: "Set ApprovalPolicy.HostToken to a token with 'actions: read', such as the job's own GITHUB_TOKEN, or name people in ApprovalPolicy.Approvers.");
        string starter = variables.Get("GITHUB_TRIGGERING_ACTOR") ?? variables.Get("GITHUB_ACTOR") ?? throw question.Closed("host: GitHub names nobody (GITHUB_ACTOR is not set).");
        return new ApprovalDecision(true, starter, null, question.Context.Time.GetUtcNow(), $"the variables of the job say that {starter} started this workflow by hand; whether anybody reviewed '{environment}' was not asked");
    }

    /// <summary>A manual job's GITLAB_USER_LOGIN is who pressed play; in any other job it is who pushed.</summary>
    private ApprovalDecision GitLab(ApprovalQuestion question)
    {
        if (!variables.IsTrue("CI_JOB_MANUAL"))
            throw question.Closed("host: this GitLab job was not started by hand (CI_JOB_MANUAL is not 'true').", advice: "Put 'when: manual' on the job that runs this stage itself; the jobs after a manual one do not know who started that.");
        string environment = EnvironmentOf(question);
        if (variables.Get("CI_ENVIRONMENT_NAME") is { } name && !string.Equals(name, environment, StringComparison.Ordinal))
            throw question.Closed($"host: this GitLab job is for the environment '{name}', not for '{environment}'.", advice: "Correct 'environment:' of the job, or set ApprovalPolicy.HostEnvironment.");
        string login = variables.Get("GITLAB_USER_LOGIN") ?? throw question.Closed("host: GitLab names nobody (GITLAB_USER_LOGIN is not set).");
        return new ApprovalDecision(true, login, null, question.Context.Time.GetUtcNow(), $"the variables of the job say that {login} started this manual job; a job's own definition can set them, and GitLab knows the commit, not the digest");
    }

    private ApprovalDecision Jenkins(ApprovalQuestion question)
    {
        string variable = question.Policy.JenkinsSubmitterVariable;
        string by = variables.Get(variable) ?? throw question.Closed($"host: Jenkins names nobody ({variable} is not set).", advice: $"Give the stage input {{ message 'Deploy?'; submitterParameter '{variable}' }} in the Jenkinsfile.");
        return new ApprovalDecision(true, by, null, question.Context.Time.GetUtcNow(), $"the variable {variable} of the build says that {by} answered the input; the Jenkinsfile or a parameter of the build can set it");
    }
}
