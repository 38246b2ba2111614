using Pipelines.Core.Model;

namespace Pipelines.Core.Stages.Approve;

/// <summary>The end of a request's time.</summary>
internal static class ApprovalTimes
{
    public static ApprovalException Expired(ApprovalQuestion question) => new(
        ApprovalFailure.Expired,
        question.Environment.Name,
        $"Nobody approved {question.Request.App} {question.Request.Tag} for '{question.Environment.Name}' within {Durations.Text(question.Policy.Timeout)}.",
        $"  digest {question.Request.Digest}, asked at {question.Request.Since:u}",
        "Nothing was deployed. Ask again later without building anew: dotnet run --project build -- promote. ApprovalPolicy.Timeout gives it more time.");
}
