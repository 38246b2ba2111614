using System.Collections;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core;

/// <summary>Secrets by name: what a store keeps at one place.</summary>
[SuppressMessage("Naming", "CA1710:Identifiers should have correct suffix", Justification = "a set of secrets is what the stores and the documents call it")]
[DebuggerDisplay("{Source,nq}: {Count} secrets")]
public sealed class SecretSet : IReadOnlyDictionary<string, Secret>
{
    private readonly Dictionary<string, Secret> _secrets;

    internal SecretSet(string source, IEnumerable<KeyValuePair<string, Secret>> secrets)
    {
        Source = source;
        _secrets = new Dictionary<string, Secret>(secrets, StringComparer.Ordinal);
    }

    /// <summary>Where they came from, such as <c>aws-ssm:///prod/order-service/</c>. Not secret.</summary>
    public string Source { get; }

    /// <summary>How many there are.</summary>
    public int Count => _secrets.Count;

    /// <summary>Their names. Not secret.</summary>
    public IEnumerable<string> Keys => _secrets.Keys;

    /// <summary>The secrets.</summary>
    public IEnumerable<Secret> Values => _secrets.Values;

    /// <summary>One of them.</summary>
    /// <param name="key">Its name, such as <c>db-url</c>.</param>
    /// <exception cref="SecretNotFoundException">There is none of that name.</exception>
    [SuppressMessage("Design", "CA1065:Do not raise exceptions in unexpected locations", Justification = "a missing name is told as every missing secret is: by its reference and what there is instead")]
    public Secret this[string key] => _secrets.TryGetValue(key, out Secret? secret)
        ? secret
        : throw new SecretNotFoundException(SecretReference.Parse(Source), $"It has no '{key}'.{Model.NearestName.Suggestion(key, _secrets.Keys)}", $"Its names are: {string.Join(", ", _secrets.Keys.Order(StringComparer.Ordinal))}.");

    /// <inheritdoc/>
    public bool ContainsKey(string key) => _secrets.ContainsKey(key);

    /// <inheritdoc/>
    public bool TryGetValue(string key, [MaybeNullWhen(false)] out Secret value) => _secrets.TryGetValue(key, out value);

    /// <inheritdoc/>
    public IEnumerator<KeyValuePair<string, Secret>> GetEnumerator() => _secrets.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>Its source and how many there are.</summary>
    public override string ToString() => $"{Source}: {_secrets.Count} secrets";
}
