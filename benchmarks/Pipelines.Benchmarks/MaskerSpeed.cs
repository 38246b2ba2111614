using System.Buffers;
using System.Globalization;
using System.Text;
using Pipelines.Core;
using Pipelines.Core.Model;
using Pipelines.Core.Secrets;

namespace Pipelines.Benchmarks;

/// <summary>The masker against a plain copy of the same buffer, taken in turns in the same run.</summary>
internal static class MaskerSpeed
{
    private const int Length = 32 * 1024 * 1024;
    private const int ChunkLength = 64 * 1024; // what a pipe hands over at most
    private const int Rounds = 9;
    private const double Goal = 1000;

    public static IEnumerable<Row> Measure()
    {
        foreach (bool hits in new[] { false, true })
            foreach (int count in new[] { 0, 1, 10, 100 })
                foreach (bool stream in new[] { true, false })
                    if (count > 0 || !hits)
                        yield return Measure(count, hits, stream);
    }

    private static Row Measure(int count, bool hits, bool stream)
    {
        IReadOnlyList<string> secrets = MaskerInput.Secrets(count);
        var masker = new SecretMasker();
        foreach (string secret in secrets)
            masker.Add(Secret.Of(secret, "benchmark"));
        byte[] text = MaskerInput.Text(Length, hits ? secrets : []);
        string[] texts = stream ? [] : [.. text.Chunk(ChunkLength).Select(Encoding.UTF8.GetString)];
        var output = new ArrayBufferWriter<byte>(2 * ChunkLength);
        double[] copies = new double[Rounds];
        double[] maskings = new double[Rounds];
        for (int round = -2; round < Rounds; round++) // two to warm up
        {
            double copy = Time(() => Copy(text, output));
            double masking = Time(() => _ = stream ? MaskStream(masker, text, output) : MaskTexts(masker, texts));
            if (round >= 0)
                (copies[round], maskings[round]) = (copy, masking);
        }

        double speed = text.Length / 1e6 / Comparison.Median(maskings);
        string kind = stream ? $"stream, {ChunkLength / 1024} KB chunks" : $"strings of {ChunkLength / 1024} KB";
        return new Row(
            $"masker, {count} secret{(count == 1 ? "" : "s")}, {(hits ? "a hit per 10 KB" : "no hit")}, {kind}",
            string.Create(CultureInfo.InvariantCulture, $"{speed:0} MB/s"),
            string.Create(CultureInfo.InvariantCulture, $"copy {text.Length / 1e6 / Comparison.Median(copies):0} MB/s"),
            Comparison.Median(maskings) / Comparison.Median(copies),
            null,
            "–")
        {
            OwnVerdict = hits ? null : speed >= Goal ? "≥ 1 GB/s met" : "≥ 1 GB/s **missed**",
        };
    }

    private static void Copy(byte[] text, ArrayBufferWriter<byte> output)
    {
        for (int start = 0; start < text.Length; start += ChunkLength)
        {
            output.ResetWrittenCount();
            output.Write(text.AsSpan(start, Math.Min(ChunkLength, text.Length - start)));
        }
    }

    private static long MaskStream(SecretMasker masker, byte[] text, ArrayBufferWriter<byte> output)
    {
        long written = 0;
        IStreamMasker stream = masker.OpenStream()!;
        for (int start = 0; start < text.Length; start += ChunkLength)
        {
            output.ResetWrittenCount();
            stream.Write(text.AsSpan(start, Math.Min(ChunkLength, text.Length - start)), output);
            written += output.WrittenCount;
        }

        stream.Complete(output);
        return written;
    }

    private static long MaskTexts(SecretMasker masker, string[] texts)
    {
        long written = 0;
        foreach (string text in texts)
            written += masker.Mask(text).Length;
        return written;
    }

    private static double Time(Action action)
    {
        TimeSpan before = Environment.CpuUsage.TotalTime; // of this process alone: the speed of one core, whoever else is at work on the machine
        action();
        return (Environment.CpuUsage.TotalTime - before).TotalSeconds;
    }
}
