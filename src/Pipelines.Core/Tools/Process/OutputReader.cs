using System.Buffers;
using System.Text;
using Pipelines.Core.Model;

namespace Pipelines.Core.Tools;

/// <summary>Reads one output stream of a process: hands on whole lines as they come, masked, and keeps the last part of the text as it was printed.</summary>
/// <remarks>
/// What is handed on is masked before it is cut into lines: a secret of several lines, or one longer than a line may be, is none of its lines alone. Where a secret may have begun, its lines
/// wait for what comes next; when nothing comes for <see cref="Patience"/>, they are handed on, and what may be a secret's beginning is hidden.
/// </remarks>
internal sealed class OutputReader(Stream stream, int maxKept, Action<string>? onLine, IStreamMasker? masker, TimeProvider time)
{
    /// <summary>How long a whole line may wait for the rest of what may be a secret: too short to be noticed by people, long for a process between two writes.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(250);

    private readonly KeptOutput _kept = new(maxKept);
    private readonly LineCutter? _lines = onLine is null ? null : new LineCutter(onLine);
    private readonly ArrayBufferWriter<byte> _masked = new();
    private readonly Decoder _decoder = TextEncoding.Utf8.GetDecoder();
    private char[] _characters = [];
    private int _marked; // bytes of a byte order mark seen at the beginning

    /// <summary>Whether <see cref="Text"/> lost its beginning.</summary>
    public bool Truncated => _kept.Truncated;

    /// <summary>The text as it was printed; the last part only where it was too long.</summary>
    public string Text => _kept.Text;

    public async Task ReadAsync(CancellationToken cancellationToken)
    {
        byte[] buffer = new byte[16 * 1024];
        try
        {
            while (true)
            {
                ValueTask<int> reading = stream.ReadAsync(buffer, cancellationToken);
                int count = masker is { HoldsLine: true } && !reading.IsCompleted
                    ? await WaitForMoreAsync(reading.AsTask(), cancellationToken).ConfigureAwait(false)
                    : await reading.ConfigureAwait(false);
                if (count == 0)
                    break;
                Take(WithoutMark(buffer.AsSpan(0, count)));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or IOException or ObjectDisposedException)
        {
            // The pipe was given up, or broke with the process: what came is what there is.
        }

        End();
    }

    private async Task<int> WaitForMoreAsync(Task<int> reading, CancellationToken cancellationToken)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        if (await Task.WhenAny(reading, Task.Delay(Patience, time, stop.Token)).ConfigureAwait(false) != reading)
        {
            masker!.ReleaseLines(_masked);
            CutMasked(flush: false);
        }

        await stop.CancelAsync().ConfigureAwait(false);
        return await reading.ConfigureAwait(false);
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _kept.Add(bytes);
        if (_lines is null)
            return;
        if (masker is null)
        {
            Cut(bytes, flush: false);
            return;
        }

        masker.Write(bytes, _masked);
        CutMasked(flush: false);
    }

    private void End()
    {
        if (_lines is null)
            return;
        masker?.Complete(_masked);
        CutMasked(flush: true);
        _lines.Complete();
    }

    private void CutMasked(bool flush)
    {
        Cut(_masked.WrittenSpan, flush);
        _masked.ResetWrittenCount();
    }

    private void Cut(ReadOnlySpan<byte> bytes, bool flush)
    {
        int most = TextEncoding.Utf8.GetMaxCharCount(bytes.Length);
        if (_characters.Length < most)
            _characters = new char[most];
        _lines!.Add(_characters.AsSpan(0, _decoder.GetChars(bytes, _characters, flush)));
    }

    /// <summary>Takes a byte order mark away: it is no part of the text.</summary>
    private ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<byte> mark = [0xEF, 0xBB, 0xBF];
        while (_marked < mark.Length && !bytes.IsEmpty)
        {
            if (bytes[0] != mark[_marked])
            {
                if (_marked > 0)
                    Take(mark[.._marked]); // it only began like one
                _marked = mark.Length;
                break;
            }

            bytes = bytes[1..];
            _marked++;
        }

        return bytes;
    }
}
