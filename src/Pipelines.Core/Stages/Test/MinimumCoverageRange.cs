namespace Pipelines.Core.Stages.Test;

/// <summary>Checks what scripts give as a coverage floor.</summary>
internal static class MinimumCoverageRange
{
    public static double? Check(double? share) =>
        share is null or (>= 0 and <= 1)
            ? share
            : throw new ArgumentOutOfRangeException(nameof(share), share, "MinimumCoverage is a share from 0 to 1: write 0.80 for 80 %.");
}
