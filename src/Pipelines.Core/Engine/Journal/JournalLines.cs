using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Pipelines.Core.Engine.Journal;

/// <summary>The lines of a journal: <c>{"crc":"1a2b3c4d","at":…,"record":…}</c>. The checksum is that of all bytes behind it on the line, chained with the line before.</summary>
internal static class JournalLines
{
    private const string Start = "{\"crc\":\"";
    private const string Middle = "\",";
    private const int ChecksumEnd = 16; // behind the start and eight digits
    private const byte LineEnd = (byte)'\n';

    /// <summary>The line of a record, with its end.</summary>
    /// <param name="checksum">That of the line before; that of this one when it returns.</param>
    /// <param name="record">A JSON object with at least one property, on one line.</param>
    public static byte[] Compose(ref uint checksum, string record)
    {
        byte[] line = Encoding.UTF8.GetBytes($"{Start}00000000{Middle}{record.AsSpan(1)}\n");
        checksum = Checksum.Of(checksum, line.AsSpan(ChecksumEnd, line.Length - ChecksumEnd - 1));
        checksum.TryFormat(line.AsSpan(Start.Length), out _, "x8", CultureInfo.InvariantCulture);
        return line;
    }

    /// <summary>Reads all whole records. Only what the last write left may be torn.</summary>
    /// <param name="content">The file.</param>
    /// <param name="path">Its path, for the error.</param>
    /// <exception cref="JournalException">A record in the middle is damaged.</exception>
    public static JournalContent Read(ReadOnlySpan<byte> content, string path)
    {
        var records = new List<JsonElement>();
        uint checksum = 0;
        int start = 0;
        while (start < content.Length)
        {
            int length = content[start..].IndexOf(LineEnd);
            ReadOnlySpan<byte> line = length < 0 ? content[start..] : content.Slice(start, length);
            if (length < 0 || Parse(line, ref checksum) is not { } record)
            {
                // A write that was cut off leaves the beginning of one line, and nothing behind it. Whatever else is wrong was not left by a kill.
                bool isTail = length < 0 || start + length + 1 == content.Length;
                if (!isTail || HoldsMoreThanOne(line))
                    throw Damaged(path, records.Count + 1, start);
                return new JournalContent(records, start, checksum, content.Length - start);
            }

            records.Add(record);
            start += length + 1;
        }

        return new JournalContent(records, start, checksum, 0);
    }

    private static JsonElement? Parse(ReadOnlySpan<byte> line, ref uint checksum)
    {
        if (line.Length <= ChecksumEnd + Middle.Length || !line.StartsWith("{\"crc\":\""u8) || !line[ChecksumEnd..].StartsWith("\","u8))
            return null;
        uint actual = Checksum.Of(checksum, line[ChecksumEnd..]);
        Span<byte> expected = stackalloc byte[8];
        actual.TryFormat(expected, out _, "x8", CultureInfo.InvariantCulture);
        if (!line.Slice(Start.Length, 8).SequenceEqual(expected))
            return null;
        checksum = actual;
        try
        {
            using var document = JsonDocument.Parse(line.ToArray());
            return document.RootElement.Clone();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a line end between two records is gone: inside a record every quote is escaped, so its start cannot stand there.</summary>
    private static bool HoldsMoreThanOne(ReadOnlySpan<byte> line) => line.Length > 0 && line[1..].IndexOf("{\"crc\":\""u8) >= 0;

    private static JournalException Damaged(string path, int record, long offset) => new(
        "The journal of this run is damaged in the middle, so what the run did cannot be known from it, and it cannot go on.",
        string.Create(CultureInfo.InvariantCulture, $"  {path}: record {record} at byte {offset} has a wrong checksum, and records follow it"),
        "Nothing was changed. Look at what the run did (the registry, the log of the manifest repository), then start a new one: it finds what is there already and does not do it twice.")
    {
        Cause = FailureKind.Usage,
        IsDamage = true,
    };
}
