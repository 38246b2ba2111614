using System.Diagnostics.CodeAnalysis;

namespace Pipelines.Core.Hosts;

/// <summary>The environment variables a run sees. Tests give their own.</summary>
internal sealed class HostEnvironment
{
    private readonly IReadOnlyDictionary<string, string>? _variables;

    private HostEnvironment(IReadOnlyDictionary<string, string>? variables) => _variables = variables;

    /// <summary>The variables of this process.</summary>
    public static HostEnvironment Process { get; } = new(null);

    /// <summary>Exactly these variables.</summary>
    public static HostEnvironment Of(IReadOnlyDictionary<string, string> variables) => new(variables);

    /// <summary>The value of a variable; null where it is not set or empty.</summary>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "This is the one place the ban points to.")]
    public string? Get(string name)
    {
        string? value = _variables is null ? Environment.GetEnvironmentVariable(name) : _variables.GetValueOrDefault(name);
        return string.IsNullOrEmpty(value) ? null : value;
    }

    /// <summary>All of them.</summary>
    [SuppressMessage("ApiDesign", "RS0030:Do not use banned APIs", Justification = "This is the one place the ban points to.")]
    public IReadOnlyDictionary<string, string> All => _variables ?? Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>()
        .ToDictionary(pair => (string)pair.Key, pair => (string?)pair.Value ?? "", StringComparer.Ordinal);

    /// <summary>Whether a variable says yes: <c>true</c> in any case, or <c>1</c>.</summary>
    public bool IsTrue(string name) => Get(name) is { } value && (value.Equals("true", StringComparison.OrdinalIgnoreCase) || value == "1");
}
