using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Oidc;

/// <summary>The token service of GitHub Actions, for one job: GET with the job's request token gives a token for the audience that is asked for. https://docs.github.com/en/actions/reference/security/oidc.</summary>
/// <param name="issuer">What signs.</param>
/// <param name="requestToken">The job's <c>ACTIONS_ID_TOKEN_REQUEST_TOKEN</c>.</param>
/// <param name="subject">The job's subject.</param>
internal sealed class TokenEndpointStandIn(OidcIssuer issuer, string requestToken, string subject) : IStandIn
{
    public const string Path = "/idtoken/sandbox/00000000-0000-0000-0000-000000000000";

    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Bearer " + requestToken);

    /// <summary>How many tokens it gave.</summary>
    public int Given { get; private set; }

    public Task HandleAsync(HttpContext http)
    {
        if (!HttpMethods.IsGet(http.Request.Method) || http.Request.Path != Path || http.Request.Query["api-version"].Count == 0)
            return http.TextAsync(404, "Not Found");
        if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _authorization))
            return http.TextAsync(401, "Unauthorized");
        string audience = http.Request.Query["audience"].ToString();
        string token = issuer.Sign(subject, audience.Length > 0 ? audience : "https://github.com/" + subject.Split(':')[1].Split('/')[0]);
        Given++;
        return http.JsonAsync(200, json =>
        {
            json.WriteNumber("count", token.Length);
            json.WriteString("value", token);
        });
    }
}
