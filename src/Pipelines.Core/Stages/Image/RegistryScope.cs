using Pipelines.Core.Clients.Registry;

namespace Pipelines.Core.Stages.Image;

/// <summary>Keeps a sandbox run on this machine.</summary>
internal static class RegistryScope
{
    public static void Require(ImageReference reference, StageContext context)
    {
        _ = RegistryAddress.Of(reference);
        if (context.Run.Mode == RunMode.Sandbox && !RegistryAddress.IsLoopback(reference.Registry!))
        {
            throw new InvalidUsageException(
                $"A sandbox run does not touch the registry {reference.Registry}: nothing may leave the machine.",
                null,
                "Use an image of a registry on loopback in the sandbox, or run with --live.");
        }
    }
}
