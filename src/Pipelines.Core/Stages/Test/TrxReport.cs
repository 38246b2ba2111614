using System.Globalization;
using System.Xml;

namespace Pipelines.Core.Stages.Test;

/// <summary>Reads a TRX report (Visual Studio TeamTest 2010), which <c>dotnet test</c> writes.</summary>
internal static class TrxReport
{
    /// <summary>Adds the results of one report.</summary>
    /// <exception cref="XmlException">It is no XML, or holds a document type, or is no test run.</exception>
    public static void AddTo(TestTally tally, Stream stream)
    {
        using XmlReader reader = ReportXml.Open(stream);
        reader.MoveToContent();
        if (reader.LocalName != "TestRun")
            throw new XmlException($"A TRX report starts with <TestRun>, not <{reader.LocalName}>.");
        while (reader.Read())
            if (reader.NodeType == XmlNodeType.Element && reader.LocalName == "UnitTestResult")
                AddResult(tally, reader);
    }

    private static void AddResult(TestTally tally, XmlReader reader)
    {
        string name = reader.GetAttribute("testName") ?? "(unnamed test)";
        string outcome = reader.GetAttribute("outcome") ?? "Failed";
        TimeSpan duration = TimeSpan.TryParse(reader.GetAttribute("duration"), CultureInfo.InvariantCulture, out TimeSpan parsed) ? parsed : TimeSpan.Zero;
        (string? message, string? details) = reader.IsEmptyElement ? (null, null) : ReadError(reader);
        switch (outcome)
        {
            case "Passed" or "PassedButRunAborted" or "Warning":
                tally.Passed(duration);
                break;
            case "NotExecuted" or "Inconclusive" or "NotRunnable" or "Disconnected":
                tally.Skipped();
                break;
            default:
                tally.Failed(new TestFailure(name, string.IsNullOrWhiteSpace(message) ? $"ended as {outcome}" : message.Trim(), details?.Trim()), duration);
                break;
        }
    }

    private static (string? Message, string? Details) ReadError(XmlReader reader)
    {
        string? message = null;
        string? details = null;
        int depth = reader.Depth;
        string element = "";
        while (reader.Read() && reader.Depth > depth)
        {
            if (reader.NodeType == XmlNodeType.Element)
                element = reader.LocalName;
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && element == "Message")
                message ??= reader.Value;
            else if (reader.NodeType is XmlNodeType.Text or XmlNodeType.CDATA && element == "StackTrace")
                details ??= reader.Value;
        }

        return (message, details);
    }
}
