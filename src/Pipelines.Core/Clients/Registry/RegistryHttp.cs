using System.Net;
using Pipelines.Core.Model;

namespace Pipelines.Core.Clients.Registry;

/// <summary>One request and its whole answer. What fails on the way is a <see cref="RegistryUnavailableException"/>.</summary>
internal static class RegistryHttp
{
    /// <summary>The specification lets registries refuse manifests above 4 MiB.</summary>
    private const int MaxBody = 8 * 1024 * 1024;

    public static async Task<RegistryAnswer> SendAsync(HttpClient http, HttpRequestMessage request, string registry, string asked, TimeSpan timeout, TimeProvider time, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(timeout, time);
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            using HttpResponseMessage response = await http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, end.Token).ConfigureAwait(false);
            byte[] body = await ReadAsync(response, registry, end.Token).ConfigureAwait(false);
            var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
            foreach ((string name, IEnumerable<string> values) in response.Headers.NonValidated.Select(header => (header.Key, (IEnumerable<string>)header.Value)))
                headers[name] = string.Join(", ", values);
            return new RegistryAnswer(request.RequestUri!, response.StatusCode, response.ReasonPhrase, response.Content.Headers.ContentType?.MediaType, body, AuthChallenge.Of(response), headers);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new RegistryUnavailableException(registry, asked, $"  {Where(request)} gave no answer within {Durations.Text(timeout)}.");
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw new RegistryUnavailableException(registry, asked, $"  {Where(request)}: {Innermost(exception)}", exception);
        }
    }

    public static bool IsOverloaded(HttpStatusCode status) => TransientErrors.IsTransient(status);

    private static async Task<byte[]> ReadAsync(HttpResponseMessage response, string registry, CancellationToken cancellationToken)
    {
        using Stream stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var buffer = new MemoryStream();
        byte[] chunk = new byte[16 * 1024];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            await buffer.WriteAsync(chunk.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            if (buffer.Length > MaxBody)
                throw new RegistryAnswerException(registry, $"The registry {registry} answered more than {MaxBody / 1024 / 1024} MB where a manifest was asked for.", null);
        }

        return buffer.ToArray();
    }

    // the query of an upload's address can carry a signature: it stays out of messages
    private static string Where(HttpRequestMessage request) => $"{request.Method} {request.RequestUri!.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped)}";

    private static string Innermost(Exception exception)
    {
        while (exception.InnerException is not null)
            exception = exception.InnerException;
        return exception.Message;
    }
}
