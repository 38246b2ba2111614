namespace Pipelines.Core.Stages.Verify;

/// <summary>What one request of a smoke test met.</summary>
/// <param name="Status">The status; 0 where there was no answer.</param>
/// <param name="Latency">From the request to the end of the body.</param>
/// <param name="Problem">What is wrong, in one line; null where all is well.</param>
internal sealed record SmokeAnswer(int Status, TimeSpan Latency, string? Problem)
{
    /// <summary>Whether asking again is hardly of use.</summary>
    public bool IsHopeless { get; init; }

    /// <summary>Whether there was no answer in the time that the request had.</summary>
    public bool IsTimeout { get; init; }

    /// <summary>Whether it tells of what was deployed, and not of the way there or of an older version.</summary>
    public bool IsOfDeployment { get; init; } = true;

    /// <summary>What to do about it.</summary>
    public string? Advice { get; init; }
}
