// OpenID Connect tokens of the CI job, to sign in somewhere without a stored credential. For AWS (STS AssumeRoleWithWebIdentity) and Vault (JWT auth).
//
//   var tokens = new IdentityTokens(SharedHttp.Client, variables, masker.Add, time);
//   if (tokens.AreOffered)                                        // a CI host that hands out tokens, whether or not this job may have one
//       Secret token = await tokens.GetAsync("https://vault.example.com", cancellationToken);   // masked already; use it once, it lives minutes
//
// Errors are IdentityTokenException (a PipelineException; transient where a retry may help). TokenClaims.TryRead(token.Reveal()) tells sub and aud for messages.
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Oidc;

/// <summary>The OpenID Connect tokens that a CI job gets: from GitHub Actions by a request, from GitLab (<c>id_tokens</c>) and others by variables.</summary>
/// <param name="http">What asks GitHub.</param>
/// <param name="variables">The job's variables.</param>
/// <param name="announce">Masks a token before anybody has it.</param>
/// <param name="time">The clock.</param>
internal sealed class IdentityTokens(HttpClient http, IReadOnlyDictionary<string, string> variables, Action<Secret> announce, TimeProvider time)
{
    private const string RequestUrl = "ACTIONS_ID_TOKEN_REQUEST_URL";
    private const string RequestToken = "ACTIONS_ID_TOKEN_REQUEST_TOKEN";

    private static readonly TimeSpan RequestTimeout = TimeSpan.FromSeconds(15);

    /// <summary>Names of variables that hold a token: <c>AWS_ID_TOKEN</c>, <c>VAULT_ID_TOKEN</c> and any other <c>…ID_TOKEN</c> or <c>…OIDC_TOKEN</c>. The token's audience decides which is used.</summary>
    private static readonly string[] s_endings = ["ID_TOKEN", "OIDC_TOKEN"];

    /// <summary>Whether this is a job of a system that hands out tokens, or one was handed over in a variable. It may still be missing the permission.</summary>
    public bool AreOffered => Get(RequestUrl) is not null || IsGitHub || IsGitLab || Offered().Any();

    private bool IsGitHub => Get("GITHUB_ACTIONS") == "true";

    private bool IsGitLab => Get("GITLAB_CI") == "true";

    /// <summary>A token for one audience.</summary>
    /// <param name="audience">Whom it is for, exactly as the trust policy or the role says, such as <c>sts.amazonaws.com</c>.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="IdentityTokenException">This job gets none.</exception>
    public async Task<Secret> GetAsync(string audience, CancellationToken cancellationToken)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(audience);
        (Variable Variable, TokenClaims Claims)[] offered = [.. Offered()];
        (Variable Variable, TokenClaims Claims) fitting = Array.Find(offered, one => one.Claims.Audiences.Contains(audience, StringComparer.Ordinal));
        if (fitting.Claims is not null)
            return Take(fitting.Variable, fitting.Claims, audience);
        if (Get(RequestUrl) is { } url && Get(RequestToken) is { } bearer)
            return await AskGitHubAsync(url, bearer, audience, cancellationToken).ConfigureAwait(false);
        throw Missing(audience, offered);
    }

    private Secret Take(Variable variable, TokenClaims claims, string audience)
    {
        var token = Secret.Of(variable.Value, variable.Name);
        announce(token);
        if (claims.Expires <= time.GetUtcNow())
        {
            throw new IdentityTokenException(
                audience,
                $"The OpenID Connect token in {variable.Name} has expired.",
                $"  It ended at {claims.Expires:u} ({claims.Describe()}).",
                "Such a token is made once, when the job starts. Sign in earlier in the job, give the job a longer timeout, or check this machine's clock.");
        }

        return token;
    }

    /// <summary>https://docs.github.com/en/actions/reference/security/oidc: GET with the request token; the answer's <c>value</c> is the token.</summary>
    private async Task<Secret> AskGitHubAsync(string url, string bearer, string audience, CancellationToken cancellationToken)
    {
        announce(Secret.Of(bearer, RequestToken));
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? address) || !(address.Scheme == "https" || (address.Scheme == "http" && address.IsLoopback)))
            throw new IdentityTokenException(audience, $"{RequestUrl} is no https address.", null, "GitHub Actions sets it for each job: take away whatever sets it in the workflow.");
        var full = new Uri($"{url}{(address.Query.Length == 0 ? "?" : "&")}audience={Uri.EscapeDataString(audience)}");
        (HttpStatusCode status, string body) = await SendAsync(full, bearer, audience, cancellationToken).ConfigureAwait(false);
        if (status != HttpStatusCode.OK)
        {
            throw new IdentityTokenException(
                audience,
                $"GitHub gave no OpenID Connect token for the audience {audience}.",
                $"  {(int)status} from {address.Authority}",
                "Check 'permissions: id-token: write' of the job. Jobs of pull requests from forks get no token.",
                TransientErrors.IsTransient(status));
        }

        if (ReadValue(body) is not { } value || TokenClaims.TryRead(value) is null)
            throw new IdentityTokenException(audience, $"What answers at {RequestUrl} is not GitHub's token service.", $"  {address.Authority} gave an answer without a token", "Check the proxy of this runner.");
        var token = Secret.Of(value, "GitHub OpenID Connect");
        announce(token);
        return token;
    }

    private async Task<(HttpStatusCode, string)> SendAsync(Uri address, string bearer, string audience, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(RequestTimeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        using var message = new HttpRequestMessage(HttpMethod.Get, address);
        message.Headers.Authorization = new AuthenticationHeaderValue("Bearer", bearer);
        message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        try
        {
            using HttpResponseMessage response = await http.SendAsync(message, end.Token).ConfigureAwait(false);
            return (response.StatusCode, await response.Content.ReadAsStringAsync(end.Token).ConfigureAwait(false));
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw Unreachable($"no answer within {Durations.Text(RequestTimeout)}", null);
        }
        catch (HttpRequestException exception)
        {
            throw Unreachable(exception.GetBaseException().Message, exception);
        }

        IdentityTokenException Unreachable(string evidence, Exception? inner) => new(
            audience, $"GitHub's token service at {address.Authority} cannot be reached.", "  " + evidence, "Check the network and the proxy of this runner. A retry may help.", transient: true, inner);
    }

    private IdentityTokenException Missing(string audience, (Variable Variable, TokenClaims Claims)[] offered)
    {
        if (IsGitHub)
        {
            return new IdentityTokenException(
                audience,
                "This job of GitHub Actions may not have an OpenID Connect token.",
                $"  {RequestUrl} and {RequestToken} are not set, which means that 'permissions: id-token: write' is missing.",
                "Write into the workflow or the job:  permissions: { id-token: write, contents: read }");
        }

        string seen = offered.Length > 0
            ? string.Join('\n', offered.Select(one => $"  {one.Variable.Name} is for {(one.Claims.Audiences.Count == 0 ? "nobody" : string.Join(", ", one.Claims.Audiences))}"))
            : "  No variable whose name ends in ID_TOKEN or OIDC_TOKEN holds a token.";
        string advice = IsGitLab
            ? $"Write into the job of .gitlab-ci.yml:  id_tokens: {{ {(audience.StartsWith("sts.", StringComparison.Ordinal) ? "AWS" : "VAULT")}_ID_TOKEN: {{ aud: {audience} }} }}"
            : "Run on GitHub Actions with 'permissions: id-token: write', on GitLab with id_tokens, or hand a token over in a variable such as AWS_ID_TOKEN or VAULT_ID_TOKEN.";
        return new IdentityTokenException(audience, $"This job has no OpenID Connect token for the audience {audience}.", seen, advice);
    }

    private IEnumerable<(Variable Variable, TokenClaims Claims)> Offered() => variables
        .Where(pair => s_endings.Any(ending => pair.Key.EndsWith(ending, StringComparison.Ordinal)))
        .OrderBy(pair => pair.Key, StringComparer.Ordinal)
        .Select(pair => (new Variable(pair.Key, pair.Value), TokenClaims.TryRead(pair.Value)!))
        .Where(pair => pair.Item2 is not null);

    private string? Get(string name) => variables.TryGetValue(name, out string? value) && value.Length > 0 ? value : null;

    private static string? ReadValue(string body)
    {
        try
        {
            using JsonDocument answer = JsonDocument.Parse(body);
            return answer.RootElement.ValueKind == JsonValueKind.Object && answer.RootElement.TryGetProperty("value", out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private readonly record struct Variable(string Name, string Value);
}
