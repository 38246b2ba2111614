namespace Pipelines.Sandbox;

/// <summary>What a run under <see cref="SecretCanary"/> did, and where its secrets were looked for.</summary>
public sealed record CanaryReport
{
    internal CanaryReport() { }

    /// <summary>The run's exit code: a run that fails must leak as little as one that succeeds.</summary>
    public required int ExitCode { get; init; }

    /// <summary>What the run printed.</summary>
    public required string Output { get; init; }

    /// <summary>The secrets that were watched, by reference or by what they are for.</summary>
    public required IReadOnlyList<string> Secrets { get; init; }

    /// <summary>How many files were read.</summary>
    public required int Files { get; init; }

    /// <summary>How many processes were looked at.</summary>
    public required int Processes { get; init; }

    /// <summary>How many requests the stand-ins got.</summary>
    public required int Requests { get; init; }

    /// <summary>What was found; empty for a run that keeps its secrets.</summary>
    public required IReadOnlyList<SecretLeak> Leaks { get; init; }

    /// <summary>Throws where anything leaked.</summary>
    /// <exception cref="SecretLeakException">Something did.</exception>
    public void EnsureClean()
    {
        if (Leaks.Count > 0)
            throw new SecretLeakException(Leaks);
    }
}
