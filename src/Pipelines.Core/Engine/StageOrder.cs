namespace Pipelines.Core.Engine;

/// <summary>The order in which stages start: the longest expected rest first, among equals the one added first.</summary>
internal sealed class StageOrder(double[] expectedRest) : IComparer<PlannedStage>
{
    public int Compare(PlannedStage? x, PlannedStage? y)
    {
        if (x is null || y is null)
            return ReferenceEquals(x, y) ? 0 : x is null ? -1 : 1;
        double first = expectedRest[x.Index];
        double second = expectedRest[y.Index];
        return first > second ? -1 : first < second ? 1 : x.Index - y.Index;
    }
}
