using System.Collections.Concurrent;
using System.Diagnostics;

namespace Pipelines.Benchmarks;

/// <summary>Waits that end on time.</summary>
/// <remarks>The runtime's timers count whole milliseconds and are late by up to one more: a twentieth of 20 ms, which is the whole goal. What is measured here is the engine, not the timer.</remarks>
internal static class PreciseDelay
{
    private static readonly PriorityQueue<TaskCompletionSource, long> Waiting = new();
    private static readonly Lock Gate = new();

    static PreciseDelay() => new Thread(Serve) { IsBackground = true, Priority = ThreadPriority.Highest }.Start();

    public static Task WaitAsync(TimeSpan wait, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (Gate)
            Waiting.Enqueue(done, Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency));
        return done.Task;
    }

    private static void Serve()
    {
        while (true)
        {
            lock (Gate)
                while (Waiting.TryPeek(out TaskCompletionSource? next, out long due) && due <= Stopwatch.GetTimestamp())
                {
                    Waiting.Dequeue();
                    next.SetResult();
                }

            Thread.Sleep(TimeSpan.FromMicroseconds(100));
        }
    }
}
