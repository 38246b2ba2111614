namespace Pipelines.Core.Model;

/// <summary>Replaces every known secret in a text, in any encoding it knows.</summary>
internal interface ITextMasker
{
    string Mask(string text);
}
