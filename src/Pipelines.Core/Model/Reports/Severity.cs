namespace Pipelines.Core;

/// <summary>How bad a finding is, as Trivy rates it.</summary>
public enum Severity
{
    /// <summary>Not rated.</summary>
    Unknown,

    /// <summary>LOW.</summary>
    Low,

    /// <summary>MEDIUM.</summary>
    Medium,

    /// <summary>HIGH.</summary>
    High,

    /// <summary>CRITICAL.</summary>
    Critical,
}
