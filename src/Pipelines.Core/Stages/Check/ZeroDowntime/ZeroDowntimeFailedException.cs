using Pipelines.Core.Stages.Check.ZeroDowntime;

namespace Pipelines.Core;

/// <summary>A deployment of these manifests can take the service down.</summary>
public sealed class ZeroDowntimeFailedException : PipelineException
{
    internal ZeroDowntimeFailedException(ZeroDowntimeResult result)
        : base(
            $"A deployment of these manifests can take the service down: {(result.Findings.Count == 1 ? "1 finding" : $"{result.Findings.Count} findings")}.",
            string.Join('\n', result.Findings.Select(finding => "  " + finding)),
            $"Each rule has its reason and its remedy in {string.Join(", ", Pages(result))}. A rule that does not fit is turned off with a reason: ZeroDowntimeCheck.TurnedOff = [new RuleOff(\"{result.Findings[0].Rule}\", \"why\")].") =>
        Result = result;

    /// <summary>What was seen.</summary>
    public ZeroDowntimeResult Result { get; }

    private static IEnumerable<string> Pages(ZeroDowntimeResult result) => ZeroDowntimeRule.All.Where(rule => result.Findings.Any(finding => finding.Rule == rule.Id)).Select(rule => rule.Page);
}
