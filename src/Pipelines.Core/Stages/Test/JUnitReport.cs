using System.Globalization;
using System.Xml;

namespace Pipelines.Core.Stages.Test;

/// <summary>Reads JUnit XML as pytest, Surefire, Gradle, Node and Vitest write it. There is no standard: the cases are counted, since the totals of the suites differ from writer to writer.</summary>
internal static class JUnitReport
{
    private const int LongestDetails = 20_000;

    /// <summary>Adds the cases of one report.</summary>
    /// <exception cref="XmlException">It is no XML, or holds a document type, or no suite.</exception>
    public static void AddTo(TestTally tally, Stream stream)
    {
        using XmlReader reader = ReportXml.Open(stream);
        reader.MoveToContent();
        if (reader.LocalName is not ("testsuites" or "testsuite"))
            throw new XmlException($"A JUnit report starts with <testsuites> or <testsuite>, not <{reader.LocalName}>.");
        while (reader.Read())
        {
            if (reader.NodeType != XmlNodeType.Element)
                continue;
            if (reader.LocalName == "testcase")
                AddCase(tally, reader);
            else if (reader.LocalName is "system-out" or "system-err" or "properties")
                reader.Skip();
        }
    }

    private static void AddCase(TestTally tally, XmlReader reader)
    {
        string name = FullName(reader.GetAttribute("classname"), reader.GetAttribute("name"));
        TimeSpan duration = ReadSeconds(reader.GetAttribute("time"));
        TestFailure? failure = null;
        bool skipped = false;
        if (!reader.IsEmptyElement)
        {
            int depth = reader.Depth;
            while (reader.Read() && reader.Depth > depth)
            {
                if (reader.NodeType != XmlNodeType.Element || reader.Depth != depth + 1)
                    continue;
                if (reader.LocalName is "failure" or "error")
                    failure ??= ReadFailure(reader, name);
                else if (reader.LocalName == "skipped")
                    skipped = true;
            }
        }

        if (failure is not null)
            tally.Failed(failure, duration);
        else if (skipped)
            tally.Skipped();
        else
            tally.Passed(duration);
    }

    private static TestFailure ReadFailure(XmlReader reader, string name)
    {
        string? message = reader.GetAttribute("message");
        string? type = reader.GetAttribute("type");
        string details = "";
        if (!reader.IsEmptyElement)
        {
            int depth = reader.Depth;
            while (reader.Read() && reader.Depth > depth)
                if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && details.Length < LongestDetails)
                    details += reader.Value;
            details = details.Trim();
        }

        if (string.IsNullOrWhiteSpace(message))
            message = details.Length > 0 ? details.Split('\n', 2)[0] : type ?? "failed without a message";
        return new TestFailure(name, message, details.Length == 0 ? null : details.Length > LongestDetails ? details[..LongestDetails] + "…" : details);
    }

    private static string FullName(string? className, string? name) =>
        string.IsNullOrEmpty(className) || className == name ? name ?? "(unnamed test)" : $"{className}.{name}";

    /// <summary>Seconds, with a thousands separator where Surefire of older versions wrote one.</summary>
    private static TimeSpan ReadSeconds(string? text) =>
        double.TryParse(text, NumberStyles.Float | NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out double seconds) && seconds is >= 0 and < 1e8 ? TimeSpan.FromSeconds(seconds) : TimeSpan.Zero;
}
