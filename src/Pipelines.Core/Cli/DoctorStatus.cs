namespace Pipelines.Core;

/// <summary>How a thing that <c>doctor</c> looked at is.</summary>
public enum DoctorStatus
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Not there, and something else takes its place.</summary>
    Note,

    /// <summary>Missing or wrong: a run would fail.</summary>
    Missing,
}
