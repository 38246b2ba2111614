namespace Pipelines.Sandbox.ArgoCd;

/// <summary>What outlives the process for one environment.</summary>
/// <param name="ManifestHash">The SHA-256 of the manifest that was synced last.</param>
/// <param name="LiveTag">The tag that answers.</param>
/// <param name="GoodTags">The tags that were healthy, newest last: going back to one of them always works.</param>
internal sealed record ApplicationState(string ManifestHash, string LiveTag, IReadOnlyList<string> GoodTags)
{
    private const int MaxGoodTags = 100;

    public static ApplicationState None { get; } = new("", "", []);

    public ApplicationState WithGood(string tag) =>
        this with { GoodTags = [.. GoodTags.Where(good => good != tag).TakeLast(MaxGoodTags - 1), tag] };
}
