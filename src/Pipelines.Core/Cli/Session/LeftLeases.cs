using Pipelines.Core.Clients.Vault;
using Pipelines.Core.Engine;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Session;

/// <summary>Vault leases that runs of this checkout left behind.</summary>
internal static class LeftLeases
{
    /// <summary>Where their ids are; there is no such folder where nothing was left.</summary>
    public static string FolderOf(string serviceDirectory) => Path.Combine(serviceDirectory, ".pipelines", "leases");

    /// <summary>Revokes what is there now, and tells what became of it. It fails nothing.</summary>
    public static Task RevokeAsync(Invocation invocation, SecretMasker masker, EventHub hub, CancellationToken cancellationToken)
    {
        try
        {
            return LeaseRecovery.Find(FolderOf(invocation.Directory)) is { } found
                ? found.RunAsync(invocation.Environment.Variables.All, masker.Add, invocation.Environment.Time, hub.Warn, cancellationToken)
                : Task.CompletedTask;
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            hub.Warn($"Whether an earlier run left Vault leases behind cannot be seen: {exception.Message}");
            return Task.CompletedTask;
        }
    }
}
