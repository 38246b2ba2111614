using System.Globalization;

namespace Pipelines.Core;

/// <summary>A deployed service did not answer its smoke test well in the time it had.</summary>
public sealed class SmokeTestFailedException : PipelineException
{
    internal SmokeTestFailedException(Uri url, IReadOnlyList<string> seen, TimeSpan elapsed, bool endedEarly, bool isImageAtFault, string advice)
        : base(
            string.Create(CultureInfo.InvariantCulture, $"The smoke test of {url} failed after {elapsed.TotalSeconds:0.#} s{(endedEarly ? ": asking again would not help" : "")}."),
            string.Join('\n', seen.Select(line => "  " + line)),
            advice)
    {
        Url = url;
        Seen = seen;
        IsImageAtFault = isImageAtFault;
    }

    /// <summary>The address.</summary>
    public Uri Url { get; }

    /// <summary>Each distinct thing that was seen, with how often.</summary>
    public IReadOnlyList<string> Seen { get; }

    /// <summary>Whether the deployed version answered badly, or not at all though Argo CD runs it. An address that is not known, a certificate that is not trusted and an older version that still answers do not blame it.</summary>
    public override bool IsImageAtFault { get; }
}
