using System.Buffers;

namespace Pipelines.Core.Model;

/// <summary>Masks bytes that come in pieces of any size: what comes out is what masking the whole would give.</summary>
internal interface IStreamMasker
{
    /// <summary>Whether a whole line is held back because it may be the beginning of a secret.</summary>
    bool HoldsLine { get; }

    /// <summary>Takes bytes and writes those that can no longer become part of a secret.</summary>
    void Write(ReadOnlySpan<byte> bytes, IBufferWriter<byte> output);

    /// <summary>Writes the whole lines that are held back: nothing more came for a while. What may be the beginning of a secret is hidden unless it is too short to tell anything.</summary>
    void ReleaseLines(IBufferWriter<byte> output);

    /// <summary>Writes the rest: nothing more will come.</summary>
    void Complete(IBufferWriter<byte> output);
}
