using System.Diagnostics;
using System.Text.Json.Serialization;
using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>A value that must never be seen. It prints as <c>***</c> wherever it is printed; only Core's own tools can reveal it, to the one process or request that needs it.</summary>
[DebuggerDisplay("***")]
[JsonConverter(typeof(SecretJsonConverter))]
public sealed class Secret
{
    [DebuggerBrowsable(DebuggerBrowsableState.Never)]
    private readonly string _value;

    private Secret(string value, string source)
    {
        _value = value;
        Source = source;
    }

    /// <summary>Where the value came from, such as <c>env://ARGOCD_TOKEN</c>. Not secret.</summary>
    public string Source { get; }

    /// <summary>Wraps a value that the script got by its own means. Give it to <see cref="ISecretResolver.Add"/> as well, so that it is masked.</summary>
    /// <param name="value">The value; not empty.</param>
    /// <param name="source">Where it came from, for messages.</param>
    /// <exception cref="ArgumentException">The value is empty.</exception>
    public static Secret Of(string value, string source)
    {
        ArgumentException.ThrowIfNullOrEmpty(value);
        ArgumentException.ThrowIfNullOrWhiteSpace(source);
        return new Secret(value, source);
    }

    /// <summary>The value itself. Every call is a place to look at in a review.</summary>
    internal string Reveal() => _value;

    /// <summary>Always <c>***</c>.</summary>
    public override string ToString() => "***";
}
