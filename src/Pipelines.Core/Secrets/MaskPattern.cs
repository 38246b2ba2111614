namespace Pipelines.Core.Secrets;

/// <summary>A text to look for.</summary>
/// <param name="Text">What every occurrence has in common.</param>
/// <param name="TakesCharacterBefore">Whether the base64 character before it holds bits of the secret too.</param>
/// <param name="TakesCharacterAfter">Whether the base64 character after it holds bits of the secret too.</param>
/// <param name="TakesPadding">Whether <c>=</c> after it is padding that belongs to it.</param>
internal readonly record struct MaskPattern(string Text, bool TakesCharacterBefore = false, bool TakesCharacterAfter = false, bool TakesPadding = false)
{
    /// <summary>The same text found for two reasons: whatever either takes is taken.</summary>
    public MaskPattern With(MaskPattern other) =>
        new(Text, TakesCharacterBefore || other.TakesCharacterBefore, TakesCharacterAfter || other.TakesCharacterAfter, TakesPadding || other.TakesPadding);
}
