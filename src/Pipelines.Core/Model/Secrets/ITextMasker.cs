namespace Pipelines.Core.Model;

/// <summary>Replaces every known secret in a text, in any encoding it knows.</summary>
internal interface ITextMasker
{
    string Mask(string text);

    /// <summary>Where the secret comes from whose whole value is in a text; null where none is.</summary>
    string? SourceOfSecretIn(string text) => null;

    /// <summary>The same for bytes that come in pieces; null for one that knows texts only.</summary>
    IStreamMasker? OpenStream() => null;
}
