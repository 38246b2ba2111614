using System.Globalization;

namespace Pipelines.Benchmarks;

/// <summary>Measures two programs alternately, A B A B …, so that whatever the machine does beside it meets both alike.</summary>
internal static class Comparison
{
    private const int WarmUps = 3;

    public static Row Of(string what, double goal, Target reference, Target ours, int pairs)
    {
        for (int warmUp = 0; warmUp < WarmUps; warmUp++)
        {
            reference.Run();
            ours.Run();
        }

        var ratios = new List<double>();
        var referenceTimes = new List<double>();
        var times = new List<double>();
        long referenceMemory = 0, memory = 0;
        for (int pair = 0; pair < pairs; pair++)
        {
            (TimeSpan Duration, long Memory) one = reference.Run();
            (TimeSpan Duration, long Memory) other = ours.Run();
            referenceTimes.Add(one.Duration.TotalMilliseconds);
            times.Add(other.Duration.TotalMilliseconds);
            ratios.Add(other.Duration / one.Duration);
            referenceMemory = Math.Max(referenceMemory, one.Memory);
            memory = Math.Max(memory, other.Memory);
        }

        return new Row(
            what,
            string.Create(CultureInfo.InvariantCulture, $"{Median(times):0} ms"),
            string.Create(CultureInfo.InvariantCulture, $".NET hello, {Median(referenceTimes):0} ms"),
            Median(ratios),
            goal,
            string.Create(CultureInfo.InvariantCulture, $"{memory / 1048576.0:0} MB (hello {referenceMemory / 1048576.0:0} MB)"));
    }

    public static double Median(IReadOnlyCollection<double> values)
    {
        double[] sorted = [.. values.Order()];
        return sorted.Length % 2 == 1 ? sorted[sorted.Length / 2] : (sorted[(sorted.Length / 2) - 1] + sorted[sorted.Length / 2]) / 2;
    }
}
