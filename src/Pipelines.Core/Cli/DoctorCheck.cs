namespace Pipelines.Core;

/// <summary>One thing that <c>doctor</c> looks at.</summary>
/// <param name="Name">What, such as <c>docker</c>.</param>
/// <param name="LookAsync">Looks.</param>
public sealed record DoctorCheck(string Name, Func<CancellationToken, Task<DoctorFinding>> LookAsync);
