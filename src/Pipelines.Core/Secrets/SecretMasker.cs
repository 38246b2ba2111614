using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Replaces every known secret in a text by <c>***</c>: as it is, line by line, and in the encodings of <see cref="SecretEncodings"/>.</summary>
/// <remarks>
/// All matches are found first and their union is replaced, so secrets that overlap leave no tail. Reading takes no lock: adding publishes a new, immutable
/// <see cref="MaskPatterns"/>. Without secrets the text comes back as the same instance.
/// </remarks>
internal sealed class SecretMasker : ITextMasker
{
    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly HashSet<string> _toldReferences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MaskPattern> _patterns = new(StringComparer.Ordinal);
    private readonly CommonValues _common;
    private volatile MaskPatterns? _current;

    /// <summary>Makes a masker that knows no secret.</summary>
    /// <param name="neverMasked">Values that are no secret whatever a store says, such as the app's own name.</param>
    public SecretMasker(params IEnumerable<string> neverMasked) => _common = new CommonValues(neverMasked);

    /// <summary>Told of each new value, one line at a time, before <see cref="Add(Secret)"/> returns: the host masks it too (<c>::add-mask::</c>). It gets the bare value, so it
    /// writes to the host and to nothing else, and it must not call <see cref="Add(Secret)"/>.</summary>
    public Action<string>? Announce { get; set; }

    /// <summary>Told once of each secret that is not masked: its reference, and why as the end of a sentence.</summary>
    public Action<string, string>? NotMasked { get; set; }

    /// <summary>Masks a secret from now on.</summary>
    public void Add(Secret secret)
    {
        ArgumentNullException.ThrowIfNull(secret);
        lock (_lock)
        {
            string value = secret.Reveal();
            if (!_values.Add(value))
                return;
            if (_common.WhyNotMasked(value) is { } reason)
            {
                if (_toldReferences.Add(secret.Source))
                    NotMasked?.Invoke(secret.Source, reason);
                return;
            }

            IReadOnlyList<string> parts = SecretParts.Of(value, _common);
            int before = _patterns.Count;
            foreach (string part in parts)
                SecretEncodings.AddTo(_patterns, part);
            if (_patterns.Count != before)
                _current = new MaskPatterns(_patterns.Values);
            if (Announce is { } announce)
                AnnounceLines(parts, announce);
        }
    }

    /// <inheritdoc/>
    public string Mask(string text)
    {
        MaskPatterns? patterns = _current;
        return patterns is null ? text : patterns.Mask(text);
    }

    private void AnnounceLines(IReadOnlyList<string> parts, Action<string> announce)
    {
        var announced = new HashSet<string>(StringComparer.Ordinal);
        foreach (string part in parts)
            foreach (string line in part.Split('\r', '\n'))
                if (_common.WhyNotMasked(line) is null && announced.Add(line))
                    announce(line);
    }
}
