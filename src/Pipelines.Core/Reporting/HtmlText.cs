using System.Globalization;
using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Values in HTML: the only way text gets into the report page.</summary>
internal static class HtmlText
{
    /// <summary>Appends text so that it is text, in content and in quoted attributes.</summary>
    public static StringBuilder Text(this StringBuilder html, string value)
    {
        foreach (char character in LogText.Block(value))
        {
            _ = character switch
            {
                '&' => html.Append("&amp;"),
                '<' => html.Append("&lt;"),
                '>' => html.Append("&gt;"),
                '"' => html.Append("&quot;"),
                '\'' => html.Append("&#39;"),
                _ => html.Append(character),
            };
        }

        return html;
    }

    /// <summary>Appends a part of the whole as a percentage for a style.</summary>
    public static StringBuilder Percent(this StringBuilder html, double part) =>
        html.Append(Math.Round(Math.Clamp(part, 0, 1) * 100, 3).ToString(CultureInfo.InvariantCulture)).Append('%');

    /// <summary>The class that gives an outcome its colour and pattern.</summary>
    public static string OutcomeClass(StageOutcome? outcome) => outcome switch
    {
        StageOutcome.Succeeded => "ok",
        StageOutcome.Restored => "ok",
        StageOutcome.Failed => "bad",
        StageOutcome.TimedOut => "bad",
        StageOutcome.Cancelled => "stop",
        _ => "skip",
    };
}
