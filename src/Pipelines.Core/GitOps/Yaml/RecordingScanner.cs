using YamlDotNet.Core;
using YamlDotNet.Core.Tokens;

namespace Pipelines.Core.GitOps;

/// <summary>A scanner that remembers where each scalar, anchor and tag stands: the parser's events start a value at its anchor.</summary>
internal sealed class RecordingScanner(IScanner inner) : IScanner
{
    private readonly Dictionary<long, long> _scalarStartByEnd = [];
    private readonly List<(long Start, long End)> _properties = [];
    private Token? _last;

    public Mark CurrentPosition => inner.CurrentPosition;

    public Token? Current => inner.Current;

    /// <summary>Where the scalar that ends here starts; null where no text stands for it.</summary>
    public long? ScalarStart(long end, long notBefore) => _scalarStartByEnd.TryGetValue(end, out long start) && start >= notBefore ? start : null;

    /// <summary>The end of the last anchor or tag in a range; its start where there is none.</summary>
    public long PropertiesEnd(long start, long end)
    {
        long result = start;
        foreach ((long Start, long End) property in _properties)
            if (property.Start >= start && property.End <= end)
                result = property.End;
        return result;
    }

    public bool MoveNext() => Record(inner.MoveNext());

    public bool MoveNextWithoutConsuming() => Record(inner.MoveNextWithoutConsuming());

    public void ConsumeCurrent() => inner.ConsumeCurrent();

    private bool Record(bool moved)
    {
        if (!moved || inner.Current is not { } token || ReferenceEquals(token, _last))
            return moved;
        _last = token;
        if (token is Scalar)
            _scalarStartByEnd[token.End.Index] = token.Start.Index;
        else if (token is Anchor or Tag)
            _properties.Add((token.Start.Index, token.End.Index));
        return moved;
    }
}
