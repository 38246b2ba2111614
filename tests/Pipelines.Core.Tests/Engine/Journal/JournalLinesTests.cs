using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Tests.Engine.Journal;

public class JournalLinesTests
{
    private static readonly string[] Records = ["""{"record":"run","text":"ünï \"quoted\""}""", """{"record":"stage","stage":"a"}""", """{"record":"effect-began","stage":"b"}""", """{"record":"end","n":4}"""];

    [Fact]
    public void Read_WhatWasComposed_GivesEveryRecord()
    {
        JournalContent content = JournalLines.Read(Compose(), "j");
        Assert.Equal(["run", "stage", "effect-began", "end"], content.Records.Select(record => record.GetProperty("record").GetString()));
        Assert.Equal((Compose().Length, 0), (content.Length, content.TornBytes));
    }

    [Fact]
    public void Read_AnyPrefix_GivesTheWholeRecordsAndSaysWhatIsTorn()
    {
        byte[] whole = Compose();
        for (int length = 0; length <= whole.Length; length++)
        {
            JournalContent content = JournalLines.Read(whole.AsSpan(0, length), "j");
            Assert.Equal(whole.AsSpan(0, length).Count((byte)'\n'), content.Records.Count);
            Assert.Equal(length, content.Length + content.TornBytes);
        }
    }

    [Fact]
    public void Read_AnySingleFlippedBit_IsRefusedOrCutAndNeverBelieved()
    {
        byte[] whole = Compose();
        int lastLine = Array.LastIndexOf(whole, (byte)'\n', whole.Length - 2) + 1;
        for (int place = 0; place < whole.Length; place++)
        {
            for (int bit = 0; bit < 8; bit++)
            {
                byte[] damaged = [.. whole];
                damaged[place] ^= (byte)(1 << bit);
                if (place < lastLine)
                {
                    JournalException error = Assert.Throws<JournalException>(() => JournalLines.Read(damaged, "j"));
                    Assert.Equal(FailureKind.Usage, error.Kind);
                    continue;
                }

                try
                {
                    JournalContent content = JournalLines.Read(damaged, "j");
                    Assert.Equal((Records.Length - 1, lastLine), (content.Records.Count, content.Length));
                    Assert.True(content.TornBytes > 0);
                }
                catch (JournalException)
                {
                    Assert.True(damaged.AsSpan(lastLine, damaged.Length - lastLine - 1).Contains((byte)'\n') || damaged[^1] != '\n', $"byte {place}, bit {bit}"); // it made two lines of one
                }
            }
        }
    }

    [Theory]
    [InlineData(0, 2)] // moved
    [InlineData(1, 1)] // doubled
    public void Read_LinesInAnotherOrder_IsRefused(int first, int second)
    {
        string[] lines = [.. System.Text.Encoding.UTF8.GetString(Compose()).TrimEnd('\n').Split('\n')];
        string[] changed = [.. lines[..(first + 1)], lines[second], .. lines[(first + 1)..]];
        JournalException error = Assert.Throws<JournalException>(() => JournalLines.Read(System.Text.Encoding.UTF8.GetBytes(string.Join('\n', changed) + "\n"), "the-file"));
        Assert.Contains("the-file: record", error.Message, StringComparison.Ordinal);
        Assert.Contains("start a new one", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public void Read_MissingLine_IsRefused()
    {
        string[] lines = System.Text.Encoding.UTF8.GetString(Compose()).TrimEnd('\n').Split('\n');
        Assert.Throws<JournalException>(() => JournalLines.Read(System.Text.Encoding.UTF8.GetBytes($"{lines[0]}\n{lines[2]}\n{lines[3]}\n"), "j"));
    }

    private static byte[] Compose()
    {
        uint checksum = 0;
        return [.. Records.SelectMany(record => JournalLines.Compose(ref checksum, record))];
    }
}
