using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Pipelines.Core.Clients.Oidc;
using Pipelines.Sandbox.Oidc;

namespace Pipelines.Sandbox.Aws;

/// <summary>STS, in the query protocol: https://docs.aws.amazon.com/STS/latest/APIReference/API_AssumeRoleWithWebIdentity.html and API_GetCallerIdentity.html.</summary>
internal sealed class StsStandIn(AwsAccount account)
{
    private const string ApiVersion = "2011-06-15";
    private static readonly XNamespace s_namespace = $"https://sts.amazonaws.com/doc/{ApiVersion}/";

    public async Task HandleAsync(HttpContext http, byte[] body)
    {
        XElement answer;
        try
        {
            Dictionary<string, string> form = QueryHelpers.ParseQuery(Encoding.UTF8.GetString(body)).ToDictionary(pair => pair.Key, pair => pair.Value.ToString(), StringComparer.Ordinal);
            answer = form.GetValueOrDefault("Version") != ApiVersion ? throw new AwsFault("NoSuchVersion", "The requested version is not valid.") : form.GetValueOrDefault("Action") switch
            {
                "AssumeRoleWithWebIdentity" => AssumeRole(form),
                "GetCallerIdentity" => CallerIdentity(http.Request, body),
                string other => throw new AwsFault("InvalidAction", $"Could not find operation {other} for version {ApiVersion}"),
                null => throw new AwsFault("MissingAction", ""),
            };
        }
        catch (AwsFault fault)
        {
            http.Response.StatusCode = fault.Code is "AccessDenied" or "InvalidClientTokenId" or "SignatureDoesNotMatch" ? 403 : 400;
            answer = Element("ErrorResponse", Element("Error", Element("Type", "Sender"), Element("Code", fault.Code), Element("Message", fault.Message)), Element("RequestId", Guid.NewGuid().ToString("D")));
        }

        http.Response.ContentType = "text/xml";
        await http.Response.WriteAsync(answer.ToString(SaveOptions.DisableFormatting), http.RequestAborted).ConfigureAwait(false);
    }

    private XElement AssumeRole(Dictionary<string, string> form)
    {
        string role = Required(form, "RoleArn"), session = Required(form, "RoleSessionName"), token = Required(form, "WebIdentityToken");
        account.Calls.Enqueue(new AwsCall("sts:AssumeRoleWithWebIdentity", role, ""));
        if (form.TryGetValue("DurationSeconds", out string? duration) && !(int.TryParse(duration, NumberStyles.None, CultureInfo.InvariantCulture, out int seconds) && seconds is >= 900 and <= 43200))
            throw new AwsFault("ValidationError", "DurationSeconds is 900 to 43200.");
        TokenClaims claims = TokenClaims.TryRead(token) ?? throw new AwsFault("InvalidIdentityToken", "The ID Token provided is not a valid JWT.");
        OidcIssuer issuer = account.Issuers.Find(one => one.Issuer == claims.Issuer)
            ?? throw new AwsFault("InvalidIdentityToken", $"No OpenIDConnect provider found in your account for {claims.Issuer}");
        if (!issuer.Verifies(token))
            throw new AwsFault("InvalidIdentityToken", "Couldn't verify the token's signature with the provider's keys.");
        if (claims.Expires is null || claims.Expires <= account.Time.GetUtcNow())
            throw new AwsFault("ExpiredTokenException", "Token expired: current date/time must be before the expiration date/time");
        if (!account.Trusts.Exists(trust => claims.Audiences.Contains(trust.Audience)))
            throw new AwsFault("InvalidIdentityToken", "Incorrect token audience");
        if (!account.Trusts.Exists(trust => trust.RoleArn == role && claims.Audiences.Contains(trust.Audience) && trust.Subject == claims.Subject))
            throw new AwsFault("AccessDenied", "Not authorized to perform sts:AssumeRoleWithWebIdentity");
        AccountKey key = account.MakeSession(role, session);
        return Answer("AssumeRoleWithWebIdentity",
            Element("SubjectFromWebIdentityToken", claims.Subject!),
            Element("Audience", claims.Audiences[0]),
            Element("AssumedRoleUser", Element("Arn", key.Arn), Element("AssumedRoleId", $"AROASANDBOX:{session}")),
            Element("Credentials",
                Element("SessionToken", key.SessionToken!),
                Element("SecretAccessKey", key.Secret),
                Element("Expiration", key.Expires!.Value.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture)),
                Element("AccessKeyId", key.Id)),
            Element("Provider", issuer.Issuer));
    }

    private XElement CallerIdentity(HttpRequest request, byte[] body)
    {
        (AccountKey? key, (string Type, string Message)? error) = SignatureV4.Check(request, body, "sts", account.Find, account.Time.GetUtcNow());
        if (error is { } refused)
        {
            throw new AwsFault(
                refused.Type switch { "UnrecognizedClientException" => "InvalidClientTokenId", "InvalidSignatureException" => "SignatureDoesNotMatch", "ExpiredTokenException" => "ExpiredToken", string other => other },
                refused.Message);
        }

        account.Calls.Enqueue(new AwsCall("sts:GetCallerIdentity", "", key!.Arn));
        return Answer("GetCallerIdentity", Element("Arn", key.Arn), Element("UserId", key.Id), Element("Account", AwsAccount.Number));
    }

    private static string Required(Dictionary<string, string> form, string name) =>
        form.TryGetValue(name, out string? value) && value.Length > 0 ? value : throw new AwsFault("ValidationError", $"Value null at '{name}' failed to satisfy constraint: Member must not be null");

    private static XElement Answer(string operation, params object[] content) =>
        Element(operation + "Response", Element(operation + "Result", content), Element("ResponseMetadata", Element("RequestId", Guid.NewGuid().ToString("D"))));

    private static XElement Element(string name, params object[] content) => new(s_namespace + name, content);
}
