using System.Net;
using System.Net.Http.Headers;

namespace Pipelines.Core.Clients.Registry;

/// <summary>Sends requests to one registry: signs in when asked to, follows redirects without taking credentials along, and turns refusals into errors.</summary>
internal sealed class RegistryTransport(HttpClient http, Uri baseAddress, string registry, RegistrySignIn signIn, TimeProvider time)
{
    private const int MaxRedirects = 5;

    public string Registry => registry;

    public Uri At(string path) => new(baseAddress, path);

    /// <summary>The address of a <c>Location</c> header, relative or absolute.</summary>
    public Uri Locate(RegistryAnswer answer)
    {
        if (answer["Location"] is not { Length: > 0 } location || !Uri.TryCreate(answer.Address, location, out Uri? address) || address.Scheme is not ("http" or "https"))
            throw new RegistryAnswerException(registry, $"The registry {registry} did not say where to send the content.", $"  {(int)answer.Status} without a usable Location header");
        // a registry behind a proxy that ends TLS often names itself by http: never go down to that
        if (baseAddress.Scheme == Uri.UriSchemeHttps && address.Scheme == Uri.UriSchemeHttp && address.Host == baseAddress.Host)
            address = new UriBuilder(address) { Scheme = Uri.UriSchemeHttps, Port = baseAddress.Port }.Uri;
        return address;
    }

    public async Task<RegistryAnswer> SendAsync(RegistryRequest request, CancellationToken cancellationToken)
    {
        string scope = $"repository:{request.Repository}:{(request.Push ? "pull,push" : "pull")}";
        RegistryAnswer answer = await FollowAsync(request, signIn.Known(scope), cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.Unauthorized
            && await signIn.AnswerAsync(answer.Challenges, scope, request.Asked, cancellationToken).ConfigureAwait(false) is { } authorization)
        {
            answer = await FollowAsync(request, authorization, cancellationToken).ConfigureAwait(false);
        }

        if (answer.Status is HttpStatusCode.Unauthorized or HttpStatusCode.Forbidden)
            throw new RegistryAccessDeniedException(registry, request.Asked, RegistryErrorBody.Of(answer).Text, signIn.IsAnonymous);
        if (RegistryHttp.IsOverloaded(answer.Status))
            throw new RegistryUnavailableException(registry, request.Asked, RegistryErrorBody.Of(answer).Text);
        if (answer.IsHtml)
            throw new RegistryAnswerException(registry, $"What answers at {baseAddress} is no registry.", RegistryErrorBody.Of(answer).Text);
        return answer;
    }

    private async Task<RegistryAnswer> FollowAsync(RegistryRequest request, AuthenticationHeaderValue? authorization, CancellationToken cancellationToken)
    {
        Uri address = request.Address;
        for (int redirects = 0; ; redirects++)
        {
            using var message = new HttpRequestMessage(request.Method, address);
            // credentials are for the registry: an address elsewhere (an object store, say) is signed in its query
            if (authorization is not null && IsOurs(address))
                message.Headers.Authorization = authorization;
            foreach (string type in request.Accept)
                message.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue(type));
            message.Content = request.Content?.Invoke();
            RegistryAnswer answer = await RegistryHttp.SendAsync(http, message, registry, request.Asked, request.Timeout, time, cancellationToken).ConfigureAwait(false);
            bool redirected = answer.Status is HttpStatusCode.MovedPermanently or HttpStatusCode.Found or HttpStatusCode.RedirectKeepVerb or HttpStatusCode.PermanentRedirect;
            if (!redirected || redirects == MaxRedirects)
                return answer;
            address = Locate(answer);
        }
    }

    private bool IsOurs(Uri address) => address.Scheme == baseAddress.Scheme && address.Port == baseAddress.Port && string.Equals(address.Host, baseAddress.Host, StringComparison.OrdinalIgnoreCase);
}
