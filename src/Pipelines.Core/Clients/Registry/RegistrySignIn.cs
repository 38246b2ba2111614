using System.Collections.Concurrent;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pipelines.Core.Clients.Registry;

/// <summary>Answers a registry's challenge: Basic, or Bearer with a token of its token service, kept per repository and action.</summary>
internal sealed class RegistrySignIn(HttpClient http, string registry, bool plainHttp, Func<CancellationToken, Task<RegistryLogin?>> login, ISecretResolver secrets, TimeProvider time)
{
    private static readonly TimeSpan TokenTimeout = TimeSpan.FromSeconds(30);

    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _known = new(StringComparer.Ordinal);
    private Task<RegistryLogin?>? _login;

    /// <summary>Whether there is nobody to sign in as.</summary>
    public bool IsAnonymous { get; private set; } = true;

    /// <summary>What was accepted before for the same scope, so that it is not asked for again.</summary>
    public AuthenticationHeaderValue? Known(string scope) => _known.GetValueOrDefault(scope);

    /// <summary>Makes the header that the challenge asks for; null where it cannot be answered.</summary>
    public async Task<AuthenticationHeaderValue?> AnswerAsync(IReadOnlyList<AuthChallenge> challenges, string scope, string asked, CancellationToken cancellationToken)
    {
        RegistryLogin? user = await (_login ??= login(cancellationToken)).ConfigureAwait(false);
        IsAnonymous = user is null;
        AuthenticationHeaderValue? header = null;
        if (challenges.FirstOrDefault(challenge => challenge.IsBearer) is { } bearer)
            header = await FetchTokenAsync(bearer, scope, user, asked, cancellationToken).ConfigureAwait(false);
        else if (user is not null && challenges.Any(challenge => challenge.IsBasic))
            header = Basic(user);
        if (header is not null)
            _known[scope] = header;
        return header;
    }

    private AuthenticationHeaderValue Basic(RegistryLogin user)
    {
        string encoded = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user.User}:{user.Password.Reveal()}"));
        secrets.Add(Secret.Of(encoded, user.Password.Source));
        return new AuthenticationHeaderValue("Basic", encoded);
    }

    private async Task<AuthenticationHeaderValue> FetchTokenAsync(AuthChallenge challenge, string scope, RegistryLogin? user, string asked, CancellationToken cancellationToken)
    {
        if (!Uri.TryCreate(challenge["realm"], UriKind.Absolute, out Uri? realm) || !(realm.Scheme == Uri.UriSchemeHttps || (realm.Scheme == Uri.UriSchemeHttp && (plainHttp || realm.IsLoopback))))
            throw new RegistryAnswerException(registry, $"The registry {registry} names no token service that credentials may be sent to.", $"  realm: {challenge["realm"] ?? "(none)"}", "A token service must be at an https address.");
        var query = new StringBuilder(realm.Query.TrimStart('?'));
        Add("service", challenge["service"]);
        Add("scope", scope.Length > 0 ? scope : challenge["scope"]);
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString() }.Uri);
        if (user is not null)
            request.Headers.Authorization = Basic(user);
        RegistryAnswer answer = await RegistryHttp.SendAsync(http, request, registry, asked, TokenTimeout, time, cancellationToken).ConfigureAwait(false);
        if (RegistryHttp.IsOverloaded(answer.Status))
            throw new RegistryUnavailableException(registry, asked, $"  its token service {realm.Host} answered{RegistryErrorBody.Of(answer).Text}");
        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new RegistryAccessDeniedException(registry, asked, $"  its token service {realm.Host} answered{RegistryErrorBody.Of(answer).Text}", user is null);
        string token = answer.IsSuccess ? ReadToken(answer.Body) : "";
        if (token.Length == 0)
            throw new RegistryAnswerException(registry, $"The token service {realm.Host} of the registry {registry} gave no token.", answer.IsSuccess ? null : RegistryErrorBody.Of(answer).Text);
        secrets.Add(Secret.Of(token, $"the token service of {registry}"));
        return new AuthenticationHeaderValue("Bearer", token);

        void Add(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value))
                query.Append(query.Length == 0 ? "" : "&").Append(name).Append('=').Append(Uri.EscapeDataString(value));
        }
    }

    /// <summary><c>token</c>, or <c>access_token</c> as OAuth 2.0 names it: the specification has both.</summary>
    private static string ReadToken(byte[] body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            foreach (string name in (ReadOnlySpan<string>)["token", "access_token"])
                if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String)
                    return value.GetString()!;
        }
        catch (JsonException)
        {
            // judged below as no token
        }

        return "";
    }
}
