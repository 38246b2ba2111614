namespace Pipelines.Core;

/// <summary>A setting with a typed value.</summary>
/// <typeparam name="T">The type of its value.</typeparam>
public sealed class Setting<T> : Setting
{
    private readonly Func<string, T> _parse;

    internal Setting(string key, string description, string kind, string? defaultText, Func<string, T> parse) : base(key, description, kind)
    {
        DefaultText = defaultText;
        _parse = parse;
    }

    /// <inheritdoc/>
    public override string? DefaultText { get; }

    /// <summary>Reads a text.</summary>
    /// <exception cref="FormatException">It is no value of this setting.</exception>
    internal T Parse(string text) => _parse(text);

    internal override string? Check(string text)
    {
        try
        {
            _parse(text);
            return null;
        }
        catch (FormatException exception)
        {
            return exception.Message;
        }
    }
}
