using System.Text.Json;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Who we are at Vault for one run: logs in when first asked, keeps the token alive, logs in again once where it ends too early, and gives it back.</summary>
internal sealed class VaultSession(VaultHttp http, VaultLogin login, TimeProvider time, Action<string> warn) : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly List<VaultToken> _ours = [];
    private volatile VaultToken? _token;
#pragma warning disable CA2213 // StopRenewingAsync disposes it
    private VaultRenewal? _renewal;
#pragma warning restore CA2213
    private bool _hasLoggedInAgain;
    private bool _isEnded;
    private int _hasAskedForLife;

    public VaultSettings Settings => http.Settings;

    /// <summary>The token of now; null before the first request.</summary>
    public VaultToken? Token => _token;

    /// <summary>Sends a request as us.</summary>
    /// <exception cref="VaultCallException">Vault does not answer as it should, or our token has ended.</exception>
    public async Task<VaultAnswer> SendAsync(HttpMethod method, string path, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
    {
        VaultToken token = await TokenAsync(null, null, cancellationToken).ConfigureAwait(false);
        VaultAnswer answer = await http.SendAsync(method, path, token.Value, body, cancellationToken).ConfigureAwait(false);
        if (!answer.IsDenied || await LivesAsync(token, answer, cancellationToken).ConfigureAwait(false))
            return answer;
        token = await TokenAsync(token, answer, cancellationToken).ConfigureAwait(false);
        return await http.SendAsync(method, path, token.Value, body, cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Who we are, in words: what the token says of itself, where it may look.</summary>
    public async Task<string> IdentityAsync(CancellationToken cancellationToken)
    {
        VaultToken token = await TokenAsync(null, null, cancellationToken).ConfigureAwait(false);
        VaultAnswer answer = await LookUpAsync(token, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
            return token.Origin + (token.Policies.Count == 0 ? "" : $" with the policies {string.Join(", ", token.Policies)}");
        string name = VaultAnswer.Text(answer.Data, "display_name") is { Length: > 0 } display ? display : "without a name";
        string entity = VaultAnswer.Text(answer.Data, "entity_id") is { Length: > 0 } id ? $", entity {id}" : VaultAnswer.Text(answer.Data, "accessor") is { Length: > 0 } accessor ? $", accessor {accessor}" : "";
        string[] policies = [.. Texts(answer.Data, "policies").Concat(Texts(answer.Data, "identity_policies")).Distinct(StringComparer.Ordinal)];
        return $"the token {name} ({token.Origin}{entity}) with the policies {string.Join(", ", policies)}";
    }

    /// <summary>A token that we were given does not say how long it lives: to be asked once it is of use.</summary>
    public async Task KeepGivenTokenAsync(CancellationToken cancellationToken)
    {
        if (_token is not { IsOurs: false } token || Interlocked.Exchange(ref _hasAskedForLife, 1) == 1)
            return;
        VaultAnswer answer = await LookUpAsync(token, cancellationToken).ConfigureAwait(false);
        TimeSpan left = answer.IsSuccess ? VaultAnswer.Seconds(answer.Data, "ttl") : TimeSpan.Zero;
        if (left <= TimeSpan.Zero || VaultAnswer.Text(answer.Data, "type") == "batch") // a root token lives for ever
            return;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (!_isEnded)
                _renewal ??= Renew(token, left, VaultAnswer.IsTrue(answer.Data, "renewable"));
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Revokes the tokens that we logged in for. Vault revokes with each every lease that it made.</summary>
    /// <returns>Those that are gone now.</returns>
    public async Task<IReadOnlyList<VaultToken>> EndAsync(CancellationToken cancellationToken)
    {
        _isEnded = true;
        await StopRenewingAsync().ConfigureAwait(false);
        var gone = new List<VaultToken>();
        foreach (VaultToken token in _ours)
        {
            VaultAnswer answer = await http.SendAsync(HttpMethod.Post, "auth/token/revoke-self", token.Value, null, cancellationToken).ConfigureAwait(false);
            if (answer.IsSuccess || IsDead(answer))
                gone.Add(token);
            else
                warn($"The Vault token of {token.Origin} could not be revoked and lives on until it expires:{answer.Told}");
        }

        return gone;
    }

    public async ValueTask DisposeAsync()
    {
        await StopRenewingAsync().ConfigureAwait(false);
        _gate.Dispose();
        http.Dispose();
    }

    /// <param name="dead">The token that turned out to have ended; null for the one of now.</param>
    /// <param name="refusal">What Vault said to it.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    private async Task<VaultToken> TokenAsync(VaultToken? dead, VaultAnswer? refusal, CancellationToken cancellationToken)
    {
        if (_token is { } current && current != dead)
            return current;
        await _gate.WaitAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            if (_token is { } other && other != dead) // somebody else was faster
                return other;
            if (_token is not null)
                CheckAgain(_token, refusal!);
            VaultToken token = await LogInAsync(_token, cancellationToken).ConfigureAwait(false);
            await StopRenewingAsync().ConfigureAwait(false);
            _hasLoggedInAgain = _token is not null;
            if (token is { IsOurs: true, IsBatch: false })
                _ours.Add(token);
            _token = token;
            _renewal = Renew(token);
            return token;
        }
        finally
        {
            _gate.Release();
        }
    }

    private async Task<VaultToken> LogInAsync(VaultToken? dead, CancellationToken cancellationToken)
    {
        try
        {
            return await login.LogInAsync(cancellationToken).ConfigureAwait(false);
        }
        catch (VaultCallException exception) when (dead is not null && !exception.IsTransient)
        {
            throw new VaultCallException($"The Vault token of {dead.Origin} ended in the middle of the run, and logging in again failed.", exception.Message, "Let its role give tokens that live as long as the run (token_ttl, token_max_ttl), and a secret id that is good for two logins (secret_id_num_uses).")
            {
                DeniedIdentity = dead.Origin,
                MissingPermission = "its token has ended",
            };
        }
    }

    private void CheckAgain(VaultToken dead, VaultAnswer refusal)
    {
        if (dead.IsOurs && !_hasLoggedInAgain && !_isEnded)
            return;

        string advice = dead.IsOurs
            ? "It ended for the second time in this run: let its role give tokens that live as long as the run (token_ttl, token_max_ttl)."
            : "Get a new one (vault login, vault token create), or let the run log in by itself: AppRole, JWT or Kubernetes.";
        throw new VaultCallException($"{Settings.Name} does not accept {dead.Origin}: it has expired, or was revoked.", refusal.Told, advice) { DeniedIdentity = dead.Origin, MissingPermission = "the token has ended" };
    }

    /// <summary>Vault refuses a token that has ended as it refuses a path; which of the two it was, only the token itself tells.</summary>
    private async Task<bool> LivesAsync(VaultToken token, VaultAnswer refusal, CancellationToken cancellationToken)
    {
        if (IsDead(refusal))
            return false;
        VaultAnswer answer = await LookUpAsync(token, cancellationToken).ConfigureAwait(false);
        return answer.IsSuccess
            || (!IsDead(answer) && (!token.IsOurs || _hasLoggedInAgain)); // it may not look itself up: nobody knows, so take Vault at its word
    }

    private static bool IsDead(VaultAnswer answer) => answer.IsDenied && (answer.Says("invalid token") || answer.Says("bad token"));

    private Task<VaultAnswer> LookUpAsync(VaultToken token, CancellationToken cancellationToken) =>
        http.SendAsync(HttpMethod.Get, "auth/token/lookup-self", token.Value, null, cancellationToken);

    private VaultRenewal? Renew(VaultToken token) => token is { IsBatch: false, Duration.Ticks: > 0 } ? Renew(token, token.Duration, token.IsRenewable) : null;

    private VaultRenewal Renew(VaultToken token, TimeSpan duration, bool isRenewable) => new(
        token.IsOurs ? $"the Vault token of {token.Origin}" : $"{token.Origin} for Vault",
        duration,
        isRenewable,
        async (asked, cancellationToken) =>
        {
            VaultAnswer answer = await http.SendAsync(HttpMethod.Post, "auth/token/renew-self", token.Value, json => json.WriteNumber("increment", (long)asked.TotalSeconds), cancellationToken).ConfigureAwait(false);
            if (!answer.IsSuccess)
                throw new VaultCallException("Vault refused to renew it.", answer.Told, "");
            JsonElement auth = VaultAnswer.Get(answer.Root, "auth");
            return (VaultAnswer.Seconds(auth, "lease_duration"), VaultAnswer.IsTrue(auth, "renewable"));
        },
        time,
        warn);

    private async Task StopRenewingAsync()
    {
        if (Interlocked.Exchange(ref _renewal, null) is { } renewal)
            await renewal.DisposeAsync().ConfigureAwait(false);
    }

    private static IEnumerable<string> Texts(JsonElement parent, string name) =>
        VaultAnswer.Get(parent, name) is { ValueKind: JsonValueKind.Array } list ? list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!) : [];
}
