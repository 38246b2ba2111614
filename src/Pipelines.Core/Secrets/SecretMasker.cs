using System.Buffers;
using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Secrets;

/// <summary>Replaces every known secret in a text by <c>***</c>: as it is, line by line, and in the encodings of <see cref="SecretEncodings"/>.</summary>
/// <remarks>
/// All matches are found first and their union is replaced, so secrets that overlap leave no tail. Texts and streams go through the same <see cref="PatternIndex"/>, which is immutable: one
/// that knows the new patterns is made when something is to be masked after <see cref="Add(Secret)"/>. Without secrets the text comes back as the same instance.
/// </remarks>
internal sealed class SecretMasker : ITextMasker
{
    private const int LongText = 64 * 1024; // counting costs less than memory that is never touched

    private readonly Lock _lock = new();
    private readonly HashSet<string> _values = new(StringComparer.Ordinal);
    private readonly List<(string Value, string Source)> _masked = [];
    private readonly HashSet<string> _toldReferences = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MaskPattern> _patterns = new(StringComparer.Ordinal);
    private readonly CommonValues _common;
    private volatile PatternIndex? _current;
    private volatile bool _isStale;

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

            _masked.Add((value, secret.Source));
            IReadOnlyList<string> parts = SecretParts.Of(value, _common);
            int before = _patterns.Count;
            foreach (string part in parts)
                SecretEncodings.AddTo(_patterns, part);
            if (_patterns.Count != before)
                _isStale = true;
            if (Announce is { } announce)
                AnnounceLines(parts, announce);
        }
    }

    /// <summary>All patterns known now; null where there are none.</summary>
    public PatternIndex? Current => _isStale ? Refresh() : _current;

    /// <inheritdoc/>
    public IStreamMasker? OpenStream() => new StreamMasker(this);

    /// <inheritdoc/>
    public string? SourceOfSecretIn(string text)
    {
        if (ReferenceEquals(Mask(text), text))
            return null;
        lock (_lock)
            return _masked.Find(secret => text.Contains(secret.Value, StringComparison.Ordinal)).Source;
    }

    /// <inheritdoc/>
    public string Mask(string text)
    {
        PatternIndex? index = Current;
        if (index is null || Encoding.UTF8.GetMaxByteCount(text.Length) < index.Shortest)
            return text;
        byte[] buffer = ArrayPool<byte>.Shared.Rent(text.Length < LongText ? Encoding.UTF8.GetMaxByteCount(text.Length) : Encoding.UTF8.GetByteCount(text));
        try
        {
            ReadOnlySpan<byte> bytes = buffer.AsSpan(0, Encoding.UTF8.GetBytes(text, buffer));
            List<MatchSpan>? found = null;
            index.Find(bytes, 0, ref found, open: null);
            if (found is null)
                return text;
            var output = new ArrayBufferWriter<byte>(bytes.Length);
            default(MaskedText).WriteUpTo(bytes, bytes.Length, found, output);
            return Encoding.UTF8.GetString(output.WrittenSpan);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private PatternIndex? Refresh()
    {
        lock (_lock)
        {
            if (_isStale)
                _current = new PatternIndex(_patterns.Values);
            _isStale = false;
            return _current;
        }
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
