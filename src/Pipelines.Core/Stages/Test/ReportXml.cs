using System.Xml;

namespace Pipelines.Core.Stages.Test;

/// <summary>How reports are read: never with a document type (entities that grow, files that are read), and whatever control characters coloured messages left in them.</summary>
internal static class ReportXml
{
    private static readonly XmlReaderSettings s_settings = new()
    {
        DtdProcessing = DtdProcessing.Prohibit,
        XmlResolver = null,
        CheckCharacters = false, // takes &#27; and the like
        IgnoreComments = true,
        IgnoreProcessingInstructions = true,
    };

    public static XmlReader Open(Stream stream) => XmlReader.Create(new ControlCharacterFilter(stream), s_settings);
}
