namespace Pipelines.Core;

/// <summary>What one measurement of a metric came to.</summary>
public enum MeasurementOutcome
{
    /// <summary>The value could not be had: the server is down, or refuses the query.</summary>
    Error,

    /// <summary>There is an answer, but no one number in it that could be judged.</summary>
    Inconclusive,

    /// <summary>The value keeps to the threshold.</summary>
    Pass,

    /// <summary>The value breaks the threshold.</summary>
    Fail,
}
