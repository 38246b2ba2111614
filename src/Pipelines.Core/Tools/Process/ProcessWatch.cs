using System.Diagnostics;

namespace Pipelines.Core.Tools;

/// <summary>Tells who wants to know of every process that is about to start: the canary, which looks for secrets where they do not belong.</summary>
internal static class ProcessWatch
{
    /// <summary>Gets the command as it was given and the process as it will start, its environment whole.</summary>
    public static event Action<Command, ProcessStartInfo>? Starting;

    public static void Tell(Command command, ProcessStartInfo start) => Starting?.Invoke(command, start);
}
