using System.Text;

namespace Pipelines.Core.Reporting;

/// <summary>Text in XML 1.0, written by hand: loading the XML stack would cost every run more than the few lines here.</summary>
internal static class XmlText
{
    public static StringBuilder Attribute(this StringBuilder xml, string name, string value) => xml.Append(' ').Append(name).Append("=\"").Escaped(value).Append('"');

    /// <summary>Escaped for content and attributes; characters that XML 1.0 does not allow are left out.</summary>
    public static StringBuilder Escaped(this StringBuilder xml, string value)
    {
        foreach (char character in LogText.Block(value))
        {
            _ = character switch
            {
                '&' => xml.Append("&amp;"),
                '<' => xml.Append("&lt;"),
                '>' => xml.Append("&gt;"),
                '"' => xml.Append("&quot;"),
                '\n' => xml.Append("&#10;"),
                '\t' => xml.Append("&#9;"),
                _ => xml.Append(character),
            };
        }

        return xml;
    }
}
