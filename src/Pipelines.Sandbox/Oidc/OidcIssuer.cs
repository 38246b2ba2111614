using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Oidc;

/// <summary>A CI system that signs tokens for its jobs: JSON Web Tokens by RS256 (RFC 7515, RFC 7518 §3.3), as GitHub's and GitLab's are.</summary>
/// <param name="issuer">Its name, such as <c>https://token.actions.githubusercontent.com</c>.</param>
/// <param name="time">The clock.</param>
internal sealed class OidcIssuer(string issuer, TimeProvider time) : IDisposable
{
    private readonly Lazy<RSA> _key = new(() => RSA.Create(2048));

    public string Issuer => issuer;

    /// <summary>How long a token lives.</summary>
    public TimeSpan Lifetime { get; set; } = TimeSpan.FromMinutes(5);

    /// <summary>The public key, to verify its tokens elsewhere.</summary>
    public RSAParameters PublicKey => _key.Value.ExportParameters(includePrivateParameters: false);

    /// <summary>A token.</summary>
    /// <param name="subject">Such as <c>repo:org/repo:ref:refs/heads/main</c>.</param>
    /// <param name="audience">Whom it is for.</param>
    /// <param name="claims">More claims.</param>
    public string Sign(string subject, string audience, params (string Name, string Value)[] claims)
    {
        DateTimeOffset now = time.GetUtcNow();
        byte[] header = Answers.Bytes(json =>
        {
            json.WriteString("alg", "RS256");
            json.WriteString("typ", "JWT");
            json.WriteString("kid", "sandbox");
        });
        byte[] payload = Answers.Bytes(json =>
        {
            json.WriteString("iss", issuer);
            json.WriteString("sub", subject);
            json.WriteString("aud", audience);
            json.WriteString("jti", Guid.NewGuid().ToString("D"));
            json.WriteNumber("iat", now.ToUnixTimeSeconds());
            json.WriteNumber("nbf", now.ToUnixTimeSeconds());
            json.WriteNumber("exp", (now + Lifetime).ToUnixTimeSeconds());
            foreach ((string name, string value) in claims)
                json.WriteString(name, value);
        });
        string signed = $"{Base64Url.EncodeToString(header)}.{Base64Url.EncodeToString(payload)}";
        byte[] signature = _key.Value.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{signed}.{Base64Url.EncodeToString(signature)}";
    }

    /// <summary>Whether it signed a token. Expiry, audience and subject are the reader's to check (<see cref="TokenClaims"/>).</summary>
    public bool Verifies(string token)
    {
        int dot = token.LastIndexOf('.');
        if (dot < 0 || TokenClaims.TryRead(token) is null)
            return false;
        try
        {
            return _key.Value.VerifyData(Encoding.ASCII.GetBytes(token[..dot]), Base64Url.DecodeFromChars(token.AsSpan(dot + 1)), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }
        catch (FormatException)
        {
            return false;
        }
    }

    public void Dispose()
    {
        if (_key.IsValueCreated)
            _key.Value.Dispose();
    }
}
