namespace Pipelines.Core.GitOps;

/// <summary>A digest that was rolled back and may not be deployed to its environment again until somebody says so.</summary>
/// <param name="Digest">The digest; null where only its tag is known, as after a change by hand.</param>
/// <param name="Tag">Its tag.</param>
/// <param name="At">Since when.</param>
/// <param name="By">Who: a person, or the run.</param>
/// <param name="Reason">Why, in a sentence.</param>
internal sealed record BlockedDigest(string? Digest, string? Tag, DateTimeOffset At, string By, string Reason)
{
    /// <summary>The build's page, where there is one.</summary>
    public string? BuildUrl { get; init; }

    public bool Matches(string? digest, string? tag) => Digest is not null && digest is not null ? Digest == digest : Tag is not null && Tag == tag;
}
