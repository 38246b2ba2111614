using System.Buffers;
using System.Net;
using System.Net.Http.Headers;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.Vault;

/// <summary>Sends requests to one Vault, and follows a standby node to the active one: https://developer.hashicorp.com/vault/docs/concepts/ha#client-redirection.</summary>
internal sealed class VaultHttp : IDisposable
{
    public static readonly HttpMethod List = new("LIST");

    private const int LargestAnswer = 4 * 1024 * 1024; // four times what Vault stores in one secret
    private const int MaxRedirects = 2;
    private static readonly TimeSpan s_requestTimeout = TimeSpan.FromSeconds(30);

    private readonly VaultSettings _settings;
    private readonly TimeProvider _time;
    private readonly HttpClient _client;
    private readonly bool _isOwn;

    /// <exception cref="InvalidUsageException">The file of VAULT_CACERT is unusable.</exception>
    public VaultHttp(VaultSettings settings, TimeProvider time)
    {
        _settings = settings;
        _time = time;
        _isOwn = settings.CaCertificate is not null;
        _client = _isOwn ? Trusting(settings.CaCertificate!) : SharedHttp.Client;
    }

    public VaultSettings Settings => _settings;

    /// <summary>Sends one request and reads its answer, whatever its status, unless no caller could make sense of it.</summary>
    /// <param name="method">The method.</param>
    /// <param name="path">Below <c>/v1/</c>, escaped, with the query.</param>
    /// <param name="token">The client token; null for logins.</param>
    /// <param name="body">Writes the properties of the request's object; null for none.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    /// <exception cref="VaultCallException">Vault cannot be reached, is sealed or overloaded, or what answers is no Vault.</exception>
    public async Task<VaultAnswer> SendAsync(HttpMethod method, string path, Secret? token, Action<Utf8JsonWriter>? body, CancellationToken cancellationToken)
    {
        using var limit = new CancellationTokenSource(s_requestTimeout, _time);
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        byte[]? content = body is null ? null : Bytes(body);
        var address = new Uri(_settings.Address, "v1/" + path);
        try
        {
            for (int redirects = 0; ; redirects++)
            {
                using HttpResponseMessage response = await SendOnceAsync(method, address, token, content, linked.Token).ConfigureAwait(false);
                if (response.StatusCode is HttpStatusCode.TemporaryRedirect or HttpStatusCode.PermanentRedirect && redirects < MaxRedirects)
                {
                    address = VaultErrors.ActiveNode(_settings, address, response.Headers.Location);
                    continue;
                }

                return await ReadAsync(response, linked.Token).ConfigureAwait(false);
            }
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
        {
            throw VaultErrors.Unreachable(_settings, $"no answer within {s_requestTimeout.TotalSeconds:0} s", null);
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException)
        {
            throw exception.InnerException is AuthenticationException untrusted ? VaultErrors.Untrusted(_settings, untrusted) : VaultErrors.Unreachable(_settings, exception.Message, exception);
        }
    }

    public void Dispose()
    {
        if (_isOwn)
            _client.Dispose();
    }

    private async Task<HttpResponseMessage> SendOnceAsync(HttpMethod method, Uri address, Secret? token, byte[]? content, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(method, address);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        request.Headers.Add("X-Vault-Request", "true"); // Vault Agent may ask for it, against requests forged by browsers
        if (_settings.Namespace is { } ns)
            request.Headers.Add("X-Vault-Namespace", ns);
        if (token is not null)
            request.Headers.Add("X-Vault-Token", token.Reveal());
        if (content is not null)
            request.Content = new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/json") } };
        return await _client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken).ConfigureAwait(false);
    }

    private async Task<VaultAnswer> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        byte[] bytes = await ReadBodyAsync(response.Content, cancellationToken).ConfigureAwait(false);
        JsonElement root = default;
        if (bytes.Length > 0)
        {
            try
            {
                using var document = JsonDocument.Parse(bytes);
                root = document.RootElement.Clone();
            }
            catch (JsonException)
            {
                throw VaultErrors.NotVault(_settings, response, Encoding.UTF8.GetString(bytes)); // the original error could show a part of a secret
            }
        }

        var answer = new VaultAnswer(response.StatusCode, root);
        return VaultErrors.OfServer(_settings, answer, response.Headers.RetryAfter) is { } error ? throw error : answer;
    }

    private async Task<byte[]> ReadBodyAsync(HttpContent content, CancellationToken cancellationToken)
    {
        using Stream stream = await content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        using var body = new MemoryStream();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 * 1024);
        try
        {
            for (int read; (read = await stream.ReadAsync(buffer, cancellationToken).ConfigureAwait(false)) > 0;)
            {
                if (body.Length + read > LargestAnswer)
                    throw new VaultCallException($"{_settings.Name} answered with more than {LargestAnswer / 1024 / 1024} MB.", null, "No secret is that large: check VAULT_ADDR and the path.");
                await body.WriteAsync(buffer.AsMemory(0, read), cancellationToken).ConfigureAwait(false);
            }

            return body.ToArray();
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private static byte[] Bytes(Action<Utf8JsonWriter> body)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            body(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static HttpClient Trusting(string file)
    {
        var authorities = new X509Certificate2Collection();
        try
        {
            authorities.ImportFromPemFile(file);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException or CryptographicException)
        {
            throw new InvalidUsageException("The certificates of VAULT_CACERT cannot be read.", $"  {file}: {exception.Message}", "Set it to a PEM file with the authority that signed Vault's certificate.");
        }

        if (authorities.Count == 0)
            throw new InvalidUsageException("The certificates of VAULT_CACERT cannot be read.", $"  {file} holds no certificate in PEM form.", "Set it to a PEM file with the authority that signed Vault's certificate.");
        var policy = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        policy.CustomTrustStore.AddRange(authorities);
#pragma warning disable CA2000 // the client disposes it
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(15) };
#pragma warning restore CA2000
        handler.SslOptions.CertificateChainPolicy = policy;
        return new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
    }
}
