using System.Text.Json;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Comes by a client token. What is looked for, in this order, unless <c>VAULT_AUTH_METHOD</c> says it outright:
/// a token in VAULT_TOKEN, AppRole by VAULT_ROLE_ID and VAULT_SECRET_ID, VAULT_ROLE with the CI job's OpenID Connect token, VAULT_ROLE with the pod's service account, and on a laptop what
/// <c>vault login</c> left in ~/.vault-token.</summary>
/// <remarks>https://developer.hashicorp.com/vault/api-docs/auth/approle, …/auth/jwt and …/auth/kubernetes.</remarks>
internal sealed class VaultLogin(VaultHttp http, IReadOnlyDictionary<string, string> variables, IdentityTokens identityTokens, Action<Secret> mask)
{
    private const string ServiceAccountToken = "/var/run/secrets/kubernetes.io/serviceaccount/token";
    private const int LongestTokenFile = 64 * 1024;

    private static readonly string[] s_ci = ["CI", "GITHUB_ACTIONS", "GITLAB_CI", "JENKINS_URL", "CODEBUILD_BUILD_ID", "TF_BUILD", "TEAMCITY_VERSION", "BUILDKITE"];

    private string ServiceAccountFile => Get("VAULT_KUBERNETES_TOKEN_FILE") ?? ServiceAccountToken;

    private bool IsLaptop => !s_ci.Any(name => Get(name) is { } value && !value.Equals("false", StringComparison.OrdinalIgnoreCase));

    /// <exception cref="InvalidUsageException">Nothing to log in with was found, or VAULT_AUTH_METHOD is none.</exception>
    /// <exception cref="VaultCallException">Vault refused the login, or did not answer.</exception>
    public async Task<VaultToken> LogInAsync(CancellationToken cancellationToken)
    {
        VaultAuthMethod method = Choose();
        return method switch
        {
            VaultAuthMethod.Token => GivenToken(),
            VaultAuthMethod.AppRole => await AppRoleAsync(cancellationToken).ConfigureAwait(false),
            VaultAuthMethod.Jwt => await JwtAsync(cancellationToken).ConfigureAwait(false),
            _ => await KubernetesAsync(cancellationToken).ConfigureAwait(false),
        };
    }

    private VaultAuthMethod Choose()
    {
        if (Get("VAULT_AUTH_METHOD") is { } named)
        {
            string[] names = ["token", "approle", "jwt", "oidc", "kubernetes"];
            return named.ToLowerInvariant() switch
            {
                "token" => VaultAuthMethod.Token,
                "approle" => VaultAuthMethod.AppRole,
                "jwt" or "oidc" => VaultAuthMethod.Jwt,
                "kubernetes" => VaultAuthMethod.Kubernetes,
                _ => throw new InvalidUsageException($"VAULT_AUTH_METHOD is '{named}', which is no way to log in to Vault that is known here.{NearestName.Suggestion(named, names)}", null, $"Set it to one of {string.Join(", ", names)}, or leave it out."),
            };
        }

        if (Get("VAULT_TOKEN") is not null)
            return VaultAuthMethod.Token;
        if (Get("VAULT_ROLE_ID") is not null && Get("VAULT_SECRET_ID") is not null)
            return VaultAuthMethod.AppRole;
        if (Get("VAULT_ROLE") is not null && identityTokens.AreOffered)
            return VaultAuthMethod.Jwt;
        if (Get("VAULT_ROLE") is not null && File.Exists(ServiceAccountFile))
            return VaultAuthMethod.Kubernetes;
        return IsLaptop && TokenFile() is { } file && File.Exists(file) ? VaultAuthMethod.Token : throw NothingFound();
    }

    private InvalidUsageException NothingFound()
    {
        string role = Get("VAULT_ROLE") is null ? "VAULT_ROLE is not set" : "VAULT_ROLE is set";
        string[] looked =
        [
            "  token: VAULT_TOKEN is not set",
            $"  AppRole: VAULT_ROLE_ID is {(Get("VAULT_ROLE_ID") is null ? "not set" : "set")}, VAULT_SECRET_ID is {(Get("VAULT_SECRET_ID") is null ? "not set" : "set")}",
            $"  JWT: {role}; this job has {(identityTokens.AreOffered ? "an" : "no")} OpenID Connect token",
            $"  Kubernetes: {role}; there is {(File.Exists(ServiceAccountFile) ? "a" : "no")} file {ServiceAccountFile}",
            !IsLaptop ? "  ~/.vault-token: not read on a CI system" : TokenFile() is { } file ? $"  ~/.vault-token: there is no file {file}" : "  ~/.vault-token: HOME is not set",
        ];
        return new InvalidUsageException($"There is nothing to log in to {http.Settings.Name} with.", string.Join('\n', looked), "On a laptop: vault login. On CI: set VAULT_ROLE and give the job an OpenID Connect token, or set VAULT_ROLE_ID and VAULT_SECRET_ID.");
    }

    private VaultToken GivenToken()
    {
        if (Get("VAULT_TOKEN") is { } given)
            return Given(given, "VAULT_TOKEN");
        if (!IsLaptop || TokenFile() is not { } file || !File.Exists(file))
            throw new InvalidUsageException($"There is no token for {http.Settings.Name}.", "  VAULT_TOKEN is not set" + (IsLaptop ? ", and there is no ~/.vault-token." : "; ~/.vault-token is not read on a CI system."), "Set VAULT_TOKEN, or take VAULT_AUTH_METHOD away so that other ways are tried.");
        return Given(ReadToken(file), "~/.vault-token");
    }

    private VaultToken Given(string text, string origin)
    {
        string value = text.Trim();
        if (value.Any(character => character is <= ' ' or > '~'))
            throw new InvalidUsageException($"What {origin} holds is no token of Vault.", "It has a space, a line end or another character in it that no token has.", "Set it to the token alone, such as one of: vault token create.");
        Secret token = Masked(value, origin);
        return new VaultToken(token, $"the token of {origin}", [], TimeSpan.Zero, IsRenewable: false, IsOurs: false, IsBatch: false);
    }

    private async Task<VaultToken> AppRoleAsync(CancellationToken cancellationToken)
    {
        string role = Required("VAULT_ROLE_ID", "approle");
        Secret? secret = Get("VAULT_SECRET_ID") is { } given ? Masked(given, "VAULT_SECRET_ID") : null; // roles with bind_secret_id=false have none
        return await PostAsync("approle", "AppRole", null, json =>
        {
            json.WriteString("role_id", role);
            if (secret is not null)
                json.WriteString("secret_id", secret.Reveal());
        }, "Check VAULT_ROLE_ID and VAULT_SECRET_ID: a secret id expires, and may be good for one login only.", cancellationToken).ConfigureAwait(false);
    }

    private async Task<VaultToken> JwtAsync(CancellationToken cancellationToken)
    {
        string role = Required("VAULT_ROLE", "jwt");
        string audience = Get("VAULT_AUDIENCE") ?? http.Settings.Address.AbsoluteUri.TrimEnd('/');
        Secret token = await identityTokens.GetAsync(audience, cancellationToken).ConfigureAwait(false);
        string claims = TokenClaims.TryRead(token.Reveal())?.Describe() ?? $"aud {audience}";
        return await PostAsync("jwt", $"JWT, role {role}", claims, json =>
        {
            json.WriteString("role", role);
            json.WriteString("jwt", token.Reveal());
        }, $"Compare the role's bound_audiences, bound_subject and bound_claims with the token's: vault read {Mount("jwt")}/role/{role}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<VaultToken> KubernetesAsync(CancellationToken cancellationToken)
    {
        string role = Required("VAULT_ROLE", "kubernetes");
        if (!File.Exists(ServiceAccountFile))
            throw new InvalidUsageException($"The Kubernetes login at {http.Settings.Name} needs the pod's service-account token.", $"  There is no file {ServiceAccountFile}.", "Run in a pod with a mounted service account, or name the file in VAULT_KUBERNETES_TOKEN_FILE.");
        Secret token = Masked(ReadToken(ServiceAccountFile).Trim(), ServiceAccountFile);
        string? claims = TokenClaims.TryRead(token.Reveal())?.Describe();
        return await PostAsync("kubernetes", $"Kubernetes, role {role}", claims, json =>
        {
            json.WriteString("role", role);
            json.WriteString("jwt", token.Reveal());
        }, $"Compare the role's bound_service_account_names and _namespaces with the pod's: vault read {Mount("kubernetes")}/role/{role}", cancellationToken).ConfigureAwait(false);
    }

    private async Task<VaultToken> PostAsync(string type, string name, string? claims, Action<Utf8JsonWriter> body, string advice, CancellationToken cancellationToken)
    {
        string mount = Mount(type);
        VaultAnswer answer = await http.SendAsync(HttpMethod.Post, $"{VaultReference.Escape(mount)}/login", null, body, cancellationToken).ConfigureAwait(false);
        if (!answer.IsSuccess)
            throw Refused(mount, name, claims, answer, advice);
        JsonElement auth = VaultAnswer.Get(answer.Root, "auth");
        if (VaultAnswer.Text(auth, "client_token") is not { Length: > 0 } value)
        {
            throw VaultAnswer.Get(auth, "mfa_requirement").ValueKind == JsonValueKind.Object
                ? new VaultCallException($"The login at {http.Settings.Name} ({mount}) wants a second factor, which no pipeline has.", null, "Take the login MFA off this role or mount.")
                : new VaultCallException($"The login at {http.Settings.Name} ({mount}) gave no token.", $"  HTTP {(int)answer.Status} without auth.client_token", "Check VAULT_ADDR and VAULT_AUTH_PATH. Wrapped answers are not unwrapped.");
        }

        return new VaultToken(
            Masked(value, $"Vault login at {mount}"),
            $"the login at {mount} ({name})",
            Texts(VaultAnswer.Get(auth, "policies")),
            VaultAnswer.Seconds(auth, "lease_duration"),
            VaultAnswer.IsTrue(auth, "renewable"),
            IsOurs: true,
            IsBatch: VaultAnswer.Text(auth, "token_type") == "batch");
    }

    private VaultCallException Refused(string mount, string name, string? claims, VaultAnswer answer, string advice)
    {
        bool noMount = answer.IsMissing || (answer.IsDenied && !answer.Says("invalid"));
        string evidence = answer.Told + (claims is null ? "" : $"\n  The token says: {claims}");
        string hint = noMount ? $" Vault also answers so where nothing is mounted at {mount}: set VAULT_AUTH_PATH to the mount's path. {http.Settings.NamespaceHint}" : "";
        return new VaultCallException($"{http.Settings.Name} refused the login at {mount} ({name}).", evidence, advice + hint) { DeniedIdentity = $"{mount} ({name})", MissingPermission = "it could not log in" };
    }

    /// <summary>The mount, below <c>auth/</c>.</summary>
    private string Mount(string type) => Get("VAULT_AUTH_PATH")?.Trim('/') switch
    {
        null or "" => "auth/" + type,
        { } path when path.Split('/').Any(segment => segment is "" or "." or "..") => throw new InvalidUsageException("VAULT_AUTH_PATH is no path of a mount.", "It has '//', '.' or '..' in it.", "Set it to what 'vault auth list' shows, such as jwt-github."),
        { } path => path.StartsWith("auth/", StringComparison.Ordinal) ? path : "auth/" + path,
    };

    private string Required(string name, string method) => Get(name) ?? throw new InvalidUsageException(
        $"The {method} login at {http.Settings.Name} needs {name}.", $"  VAULT_AUTH_METHOD is {Get("VAULT_AUTH_METHOD") ?? "not set"}, and {name} is not set.", $"Set {name}, or take VAULT_AUTH_METHOD away so that other ways are tried.");

    private string? TokenFile() => Get("HOME") is { } home ? Path.Combine(home, ".vault-token") : null;

    private static string ReadToken(string file)
    {
        try
        {
            if (new FileInfo(file).Length > LongestTokenFile)
                throw new InvalidUsageException($"The token file {file} is too large to be one.", null, "Check the path.");
            string text = File.ReadAllText(file);
            return !string.IsNullOrWhiteSpace(text) ? text : throw new InvalidUsageException($"The token file {file} is empty.", null, "Log in anew: vault login.");
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new InvalidUsageException($"The token file {file} cannot be read.", "  " + exception.Message, "Let this user read it, and nobody else.");
        }
    }

    private Secret Masked(string value, string source)
    {
        var secret = Secret.Of(value, source);
        mask(secret);
        return secret;
    }

    private static IReadOnlyList<string> Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(item => item.ValueKind == JsonValueKind.String).Select(item => item.GetString()!)] : [];

    private string? Get(string name) => variables.GetValueOrDefault(name) is { } value && !string.IsNullOrWhiteSpace(value) ? value : null;
}
