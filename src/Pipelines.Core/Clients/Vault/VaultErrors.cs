using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Text.RegularExpressions;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Vault;

/// <summary>What can be wrong with a Vault as such, whatever is asked of it.</summary>
internal static partial class VaultErrors
{
    private const int LongestTitle = 80;

    public static VaultCallException Unreachable(VaultSettings settings, string why, Exception? exception) => new(
        $"{settings.Name} cannot be reached.", "  " + why, "Check VAULT_ADDR, the network between here and there, and that Vault runs: vault status.", transient: true, exception);

    public static VaultCallException Untrusted(VaultSettings settings, AuthenticationException exception) => new(
        $"The certificate of {settings.Name} is not trusted.", "  " + exception.Message, "Set VAULT_CACERT to the PEM file of the authority that signed it. Checking it cannot be turned off: VAULT_SKIP_VERIFY is ignored.", transient: false, exception);

    /// <summary>Something else answers there: a sign-in page, a proxy. Nothing of the body but a page's title is shown, since it may be anything.</summary>
    public static VaultCallException NotVault(VaultSettings settings, HttpResponseMessage response, string body)
    {
        Match title = Title().Match(body);
        string shown = title.Success ? $", titled '{Shorten(title.Groups[1].Value)}'" : "";
        string kind = response.Content.Headers.ContentType?.MediaType ?? "no content type";
        bool transient = TransientErrors.IsTransient(response.StatusCode);
        return new VaultCallException(
            $"What answers at {settings.Address.AbsoluteUri} does not speak Vault's protocol.",
            $"  HTTP {(int)response.StatusCode} with {kind}{shown}, where JSON was expected.",
            transient ? "A proxy in front of Vault answers in its place: look at Vault behind it." : "Check VAULT_ADDR: it is the address of Vault's API, not of a web page or a sign-in proxy.",
            transient);
    }

    /// <summary>An error that has nothing to do with what was asked; null where the answer is for the caller to understand.</summary>
    public static VaultCallException? OfServer(VaultSettings settings, VaultAnswer answer, RetryConditionHeaderValue? retryAfter) => (int)answer.Status switch
    {
        429 => new($"{settings.Name} limits the rate.", answer.Told + (retryAfter?.Delta is { } delay ? $", retry after {Durations.Text(delay)}" : ""), "Fewer runs at a time, or a higher quota (sys/quotas/rate-limit), help.", transient: true),
        412 => new($"{settings.Name} has not seen the newest writes yet.", answer.Told, "This node lags behind; a retry mostly helps.", transient: true),
        472 => new($"{settings.Name} is a disaster-recovery secondary, which serves no requests.", answer.Told, "Set VAULT_ADDR to the primary cluster."),
        473 => new($"{settings.Name} is a performance standby that does not forward requests.", answer.Told, "Set VAULT_ADDR to the address of the cluster, not of one node.", transient: true),
        501 => new($"{settings.Name} is not initialised.", answer.Told, "Check VAULT_ADDR; a new Vault is set up by: vault operator init."),
        503 when answer.Says("sealed") => new($"{settings.Name} is sealed.", answer.Told, "An operator has to unseal it: vault operator unseal."),
        >= 500 => new($"{settings.Name} has a fault.", answer.Told, "Look at Vault's log; a retry may help.", transient: true),
        >= 300 and < 400 => new($"{settings.Name} redirects to somewhere else.", answer.Told, "Set VAULT_ADDR to the address that it redirects to."),
        401 => new($"Something in front of {settings.Name} asks for a sign-in of its own.", answer.Told, "Vault itself never answers 401: look at the proxy, or give Vault's own address in VAULT_ADDR."),
        _ => null,
    };

    /// <summary>Where a standby node sends us. The token goes along, as with the vault CLI, so it must be as safe as the first address was.</summary>
    public static Uri ActiveNode(VaultSettings settings, Uri asked, Uri? location)
    {
        if (location is null)
            throw new VaultCallException($"{settings.Name} redirects, but does not say to where.", null, "Set VAULT_ADDR to the active node or to the cluster's address.", transient: true);
        var target = new Uri(asked, location);
        if (target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0 || !VaultSettings.IsSafe(target) || (asked.Scheme == Uri.UriSchemeHttps && target.Scheme != Uri.UriSchemeHttps))
            throw new VaultCallException($"{settings.Name} redirects to an address that tokens are not sent to.", $"  {target.GetLeftPart(UriPartial.Authority)}", "The active node must have an https address: see api_addr in Vault's configuration.");
        return target;
    }

    private static string Shorten(string title)
    {
        string line = title.ReplaceLineEndings(" ").Trim();
        return line.Length > LongestTitle ? line[..LongestTitle] + "…" : line;
    }

    [GeneratedRegex("<title[^>]*>([^<]*)", RegexOptions.IgnoreCase)]
    private static partial Regex Title();
}
