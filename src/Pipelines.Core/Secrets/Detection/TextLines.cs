namespace Pipelines.Core.Secrets.Detection;

/// <summary>Lines of a text, by position.</summary>
internal static class TextLines
{
    /// <summary>A longer line, such as one of minified code, is looked at around the place only.</summary>
    private const int Reach = 500;

    public static int StartOf(string text, int index) => index == 0 ? 0 : text.LastIndexOf('\n', index - 1) + 1;

    public static int EndOf(string text, int index)
    {
        int end = text.IndexOf('\n', index);
        end = end < 0 ? text.Length : end;
        return end > index && text[end - 1] == '\r' ? end - 1 : end;
    }

    public static string Around(string text, int index)
    {
        int start = Math.Max(index - Reach, StartOf(text, index));
        int end = Math.Min(index + Reach, EndOf(text, index));
        return text.Substring(start, end - start);
    }
}
