using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Vault;

/// <summary>Vault's HTTP API as far as reading secrets goes: KV v1 and v2, database credentials with leases, tokens and three logins, policies and namespaces. https://developer.hashicorp.com/vault/api-docs.</summary>
internal sealed partial class VaultStandIn : IStandIn
{
    private const int LargestBody = 1024 * 1024;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly IReadOnlyDictionary<string, string> _seed;
    private readonly Dictionary<(string Namespace, string Path), VaultStandInMount> _mounts = [];
    private readonly List<VaultRequest> _requests = [];
    private readonly Queue<VaultFault> _nextFaults = new();
    private bool _isSeeded;

    /// <param name="rootToken">A token that may do everything.</param>
    /// <param name="seed">Secrets by their whole references; others than vault:// are passed over. They are taken in with the first request.</param>
    /// <param name="time">The clock that leases and tokens expire by.</param>
    public VaultStandIn(string rootToken, IReadOnlyDictionary<string, string> seed, TimeProvider time)
    {
        _time = time;
        _seed = seed;
        AddToken(rootToken, "root", ["root"]);
    }

    public VaultPolicies Policies { get; } = new();

    /// <summary>What goes wrong from now on.</summary>
    public VaultFault Fault { get; set; }

    /// <summary>Paths that the fault is for; null for all.</summary>
    public string? FaultPath { get; set; }

    /// <summary>Where every request is redirected to, as a standby node does; null for an active node.</summary>
    public string? RedirectTo { get; set; }

    /// <summary>Every request so far.</summary>
    public IReadOnlyList<VaultRequest> Requests
    {
        get
        {
            lock (_lock)
                return [.. _requests];
        }
    }

    /// <summary>Lets the next requests go wrong, one by one.</summary>
    public void FailNext(params VaultFault[] faults)
    {
        lock (_lock)
            foreach (VaultFault fault in faults)
                _nextFaults.Enqueue(fault);
    }

    public async Task HandleAsync(HttpContext http)
    {
        if (await ReadAsync(http).ConfigureAwait(false) is not { } request)
        {
            await WriteAsync(http, VaultReply.Error(400, "error parsing JSON")).ConfigureAwait(false);
            return;
        }

        if (RedirectTo is { } active)
        {
            http.Response.StatusCode = 307;
            http.Response.Headers.Location = active + http.Request.Path + http.Request.QueryString;
            return;
        }

        if (await FailsAsync(http, request).ConfigureAwait(false))
            return;
        VaultReply reply;
        lock (_lock)
        {
            SeedOnce();
            _requests.Add(request);
            reply = Answer(request, http.Request.Headers["X-Vault-Token"].ToString());
        }

        await WriteAsync(http, reply).ConfigureAwait(false);
    }

    private static async Task<VaultRequest?> ReadAsync(HttpContext http)
    {
        JsonElement body = default;
        if (http.Request.ContentLength is > 0 and <= LargestBody)
        {
            try
            {
                using JsonDocument document = await JsonDocument.ParseAsync(http.Request.Body, default, http.RequestAborted).ConfigureAwait(false);
                body = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                return null;
            }
        }

        string method = http.Request.Method == "PUT" ? "POST" : http.Request.Method == "GET" && http.Request.Query["list"] == "true" ? "LIST" : http.Request.Method;
        string path = http.Request.Path.Value ?? "";
        return path.StartsWith("/v1/", StringComparison.Ordinal)
            ? new VaultRequest(method, path["/v1/".Length..], http.Request.Headers["X-Vault-Namespace"].ToString().Trim('/'), int.TryParse(http.Request.Query["version"], NumberStyles.None, CultureInfo.InvariantCulture, out int version) && version > 0 ? version : null, body)
            : new VaultRequest(method, "", "", null, body);
    }

    private VaultReply Answer(VaultRequest request, string tokenValue)
    {
        if (request.Path.StartsWith("auth/", StringComparison.Ordinal) && request.Path.EndsWith("/login", StringComparison.Ordinal))
            return request.Capability == "update" ? LogIn(request) : VaultReply.Error(405, "unsupported operation");
        if (tokenValue.Length == 0)
            return VaultReply.Error(403, "missing client token");
        if (FindToken(tokenValue) is not { } token)
            return VaultReply.BadToken;
        if (request.Path.StartsWith("sys/internal/ui/mounts/", StringComparison.Ordinal))
            return Mount(request, token, request.Path["sys/internal/ui/mounts/".Length..]);
        if (!Policies.Allows(token.Policies, request.Path, request.Capability))
            return VaultReply.Denied;
        return request.ToString() switch
        {
            "GET auth/token/lookup-self" => LookUp(token),
            "POST auth/token/renew-self" => Renew(token, request),
            "POST auth/token/revoke-self" => Revoke(token),
            "POST sys/leases/lookup" => LookUpLease(request),
            "POST sys/leases/renew" => RenewLease(request),
            "POST sys/leases/revoke" => RevokeLease(request),
            _ => FindMount(request.Namespace, request.Path) is not { } mount ? VaultReply.Error(404, $"no handler for route \"{request.Path}\". route entry not found.")
                : mount.Type == "kv" ? Kv(mount, request)
                : Database(mount, request, token),
        };
    }

    private async Task<bool> FailsAsync(HttpContext http, VaultRequest request)
    {
        VaultFault fault;
        lock (_lock)
        {
            if (FaultPath is { } path && !request.Path.StartsWith(path, StringComparison.Ordinal))
                return false;
            if (!_nextFaults.TryDequeue(out fault))
                fault = Fault;
        }

        switch (fault)
        {
            case VaultFault.None:
                return false;
            case VaultFault.Sealed:
                await WriteAsync(http, VaultReply.Error(503, "Vault is sealed")).ConfigureAwait(false);
                return true;
            case VaultFault.RateLimited:
                http.Response.Headers.RetryAfter = "1";
                await WriteAsync(http, VaultReply.Error(429, "request path \"" + request.Path + "\": rate limit quota exceeded")).ConfigureAwait(false);
                return true;
            case VaultFault.InternalError:
                await WriteAsync(http, VaultReply.Error(500, "internal error")).ConfigureAwait(false);
                return true;
            case VaultFault.Html:
                http.Response.ContentType = "text/html; charset=utf-8";
                await http.Response.WriteAsync("<!DOCTYPE html><html><head><title>Sign in to continue</title></head><body>…</body></html>", http.RequestAborted).ConfigureAwait(false);
                return true;
            case VaultFault.BrokenJson:
                http.Response.ContentType = "application/json";
                await http.Response.WriteAsync("{\"data\":{\"password\":\"half-a-secret", http.RequestAborted).ConfigureAwait(false);
                return true;
            default:
                await SilenceAsync(http).ConfigureAwait(false);
                return true;
        }
    }

    private static async Task SilenceAsync(HttpContext http)
    {
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using CancellationTokenRegistration registration = http.RequestAborted.Register(() => gone.TrySetResult());
        await gone.Task.ConfigureAwait(false);
    }

    private static async Task WriteAsync(HttpContext http, VaultReply reply)
    {
        http.Response.Headers.CacheControl = "no-store";
        if (reply.Write is null)
            http.Response.StatusCode = reply.Status;
        else
            await http.JsonAsync(reply.Status, reply.Write).ConfigureAwait(false);
    }

    private static string NewId(int bytes = 12) => Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(bytes));
}
