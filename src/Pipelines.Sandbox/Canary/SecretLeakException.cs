using Pipelines.Core;

namespace Pipelines.Sandbox;

/// <summary>A run let secrets be seen where they do not belong.</summary>
public sealed class SecretLeakException : PipelineException
{
    internal SecretLeakException(IReadOnlyList<SecretLeak> leaks)
        : base(
            $"The run leaked {leaks.Select(leak => leak.Secret).Distinct().Count()} of its secrets, in {leaks.Count} {(leaks.Count == 1 ? "place" : "places")}.",
            string.Join('\n', leaks.Select(leak => "  " + leak)),
            "Hand a secret to a process by WithEnvironment, WithInput or a secret file, never by an argument; log nothing that a tool made of it. The values were made up for this run.") => Leaks = leaks;

    /// <summary>Each leak.</summary>
    public IReadOnlyList<SecretLeak> Leaks { get; }
}
