using System.Net;
using System.Text.Json;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.ArgoCd;

/// <summary>The errors of Argo CD's API, as people can act on them.</summary>
internal static class ArgoCdErrors
{
    private const int MaxBody = 300;

    /// <summary>The error of an answer that is no success.</summary>
    public static ArgoCdException Of(ArgoCdTarget target, HttpResponseMessage response, string body)
    {
        string? message = Message(body);
        string evidence = $"  HTTP {(int)response.StatusCode} {response.ReasonPhrase}" + (message is null ? "" : $": {message}");
        HttpStatusCode status = response.StatusCode;
        if ((int)status is >= 300 and < 400)
            return NotArgoCd(target, $"HTTP {(int)status}, it leads to {response.Headers.Location?.GetLeftPart(UriPartial.Path)}", null);
        if (status == HttpStatusCode.Unauthorized || (status == HttpStatusCode.Forbidden && message is null))
            return Credential(target, evidence);
        if (status is HttpStatusCode.NotFound or HttpStatusCode.Forbidden)
            return message is null ? NotArgoCd(target, evidence.Trim(), null) : NotFound(target, evidence, status == HttpStatusCode.Forbidden);
        return TransientErrors.IsTransient(status) ? Unreachable(target, evidence.Trim(), null) : NotArgoCd(target, evidence.Trim(), null);
    }

    public static ArgoCdException Credential(ArgoCdTarget target, string evidence) => new(
        ArgoCdFailure.Credential,
        $"Argo CD at {Server(target)} did not let the pipeline in.",
        evidence,
        target.Token is null
            ? "Set argocd.token to a reference of an API token, such as env://ARGOCD_TOKEN. A project role with 'applications, get' is enough: argocd proj role create-token."
            : $"Check the token that argocd.token refers to ({target.Token}): it may be expired or revoked. It needs 'applications, get' on this application.");

    public static ArgoCdException NotFound(ArgoCdTarget target, string evidence, bool forbidden) => new(
        ArgoCdFailure.NotFound,
        $"Argo CD at {Server(target)} knows no application '{target.Application}'" + (forbidden ? ", or the token may not see it." : "."),
        evidence,
        forbidden
            ? "Argo CD says 'permission denied' in both cases. Check argocd.application, and that the token of argocd.token may 'get' it."
            : "Check argocd.application, or create the application in Argo CD.");

    public static ArgoCdException Unreachable(ArgoCdTarget target, string evidence, Exception? exception) => new(
        ArgoCdFailure.Unreachable,
        $"Argo CD at {Server(target)} cannot be reached.",
        "  " + evidence,
        "Check argocd.server, and the network and proxy of this machine.",
        exception);

    public static ArgoCdException Untrusted(ArgoCdTarget target, Exception exception) => new(
        ArgoCdFailure.NotArgoCd,
        $"The certificate of Argo CD at {Server(target)} is not trusted.",
        "  " + exception.Message,
        "Add its certificate authority to the trust store of this machine, or correct argocd.server.",
        exception);

    public static ArgoCdException NotArgoCd(ArgoCdTarget target, string evidence, Exception? exception) => new(
        ArgoCdFailure.NotArgoCd,
        $"What answers at {Server(target)} is not Argo CD's API.",
        "  " + evidence,
        "Set argocd.server to the API's address: with https, with the path it lives under, and without a login page before it.",
        exception);

    private static string Server(ArgoCdTarget target) => target.Server.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped).TrimEnd('/');

    private static string? Message(string body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body);
            string? message = ArgoCdJson.ErrorMessage(document.RootElement);
            return message?.Length > MaxBody ? message[..MaxBody] + "…" : message;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
