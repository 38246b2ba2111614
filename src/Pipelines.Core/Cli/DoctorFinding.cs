namespace Pipelines.Core;

/// <summary>What <c>doctor</c> found.</summary>
/// <param name="Status">How it is.</param>
/// <param name="Text">What was seen, such as a version.</param>
/// <param name="Advice">What to do; null where all is well.</param>
public sealed record DoctorFinding(DoctorStatus Status, string Text, string? Advice = null);
