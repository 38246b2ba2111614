using System.Text;
using Pipelines.Core.Engine.Journal;

namespace Pipelines.Core.Tests.Engine.Journal;

public class ChecksumTests
{
    [Fact] // RFC 3720, B.4, and the check value of the catalogue of parametrised CRC algorithms
    public void Of_KnownTexts_IsTheirCrc32C()
    {
        Assert.Equal(0xE3069283u, Checksum.Of(0, "123456789"u8));
        Assert.Equal(0x8A9136AAu, Checksum.Of(0, new byte[32]));
        Assert.Equal(0u, Checksum.Of(0, []));
    }

    [Fact]
    public void Of_InParts_IsThatOfTheWhole()
    {
        byte[] text = Encoding.UTF8.GetBytes("the journal of a run, a line at a time");
        for (int cut = 0; cut <= text.Length; cut++)
            Assert.Equal(Checksum.Of(0, text), Checksum.Of(Checksum.Of(0, text.AsSpan(0, cut)), text.AsSpan(cut)));
    }
}
