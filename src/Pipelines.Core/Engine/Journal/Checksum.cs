using System.Buffers.Binary;
using System.Numerics;

namespace Pipelines.Core.Engine.Journal;

/// <summary>CRC-32C (Castagnoli), as in iSCSI (<see href="https://www.rfc-editor.org/rfc/rfc3720#appendix-B.4"/>), over the runtime's own instruction for it.</summary>
internal static class Checksum
{
    /// <param name="previous">The checksum of what stands before; 0 at the start. So a line that is moved, doubled or missing shows at the next one.</param>
    /// <param name="data">The bytes.</param>
    public static uint Of(uint previous, ReadOnlySpan<byte> data)
    {
        uint crc = ~previous;
        while (data.Length >= sizeof(ulong))
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(data));
            data = data[sizeof(ulong)..];
        }

        foreach (byte one in data)
            crc = BitOperations.Crc32C(crc, one);
        return ~crc;
    }
}
