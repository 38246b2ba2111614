using System.Globalization;

namespace Pipelines.Core;

/// <summary>All tests passed, but they cover less of the code than is asked for.</summary>
public sealed class CoverageTooLowException : PipelineException
{
    internal CoverageTooLowException(double coverage, double minimum)
        : base(
            $"The tests cover {Percent(coverage)} of the lines; at least {Percent(minimum)} are asked for.",
            null,
            "Test the lines that the report in the stage's log lists as missing, or lower MinimumCoverage.")
    {
        Coverage = coverage;
        Minimum = minimum;
    }

    /// <summary>The share of lines covered, from 0 to 1.</summary>
    public double Coverage { get; }

    /// <summary>The share asked for, from 0 to 1.</summary>
    public double Minimum { get; }

    /// <summary>Rounded down, so that what is too low never reads like enough.</summary>
    internal static string Percent(double share) => string.Create(CultureInfo.InvariantCulture, $"{Math.Floor((share * 1000) + 1e-6) / 10:0.#} %");
}
