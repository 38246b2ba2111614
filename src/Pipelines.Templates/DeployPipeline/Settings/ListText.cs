namespace Pipelines.Templates;

/// <summary>Settings that hold several things, with commas between them.</summary>
internal static class ListText
{
    public static IReadOnlyList<string> Of(string text) => text.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    /// <summary>Why a list is none: a setting that holds commas alone says nothing, and was not meant so.</summary>
    public static string? Check(string text) => Of(text).Count == 0 ? "it names nothing. Write names with commas between them, or leave the key away." : null;
}
