using System.Net;
using System.Net.Http.Headers;
using Pipelines.Core.Clients.Http;

namespace Pipelines.Core.Clients.Registry;

/// <summary>A client of the OCI distribution protocol (<see href="https://github.com/opencontainers/distribution-spec"/>) for one registry.</summary>
internal sealed partial class RegistryClient
{
    private readonly RegistryTransport _transport;
    private readonly TimeProvider _time;

    public RegistryClient(HttpClient http, Uri baseAddress, string registry, Func<CancellationToken, Task<RegistryLogin?>> login, ISecretResolver secrets, TimeProvider time)
    {
        _time = time;
        var signIn = new RegistrySignIn(http, registry, baseAddress.Scheme == Uri.UriSchemeHttp, login, secrets, time);
        _transport = new RegistryTransport(http, baseAddress, registry, signIn, time);
    }

    /// <summary>The client for an image's registry. Nothing is sent or resolved before the first request.</summary>
    public static RegistryClient For(ImageReference reference, RegistryCredentials credentials, StageContext context) =>
        new(SharedHttp.Client, RegistryAddress.Of(reference), reference.Registry!, token => RegistryLogin.ResolveAsync(credentials, context, token), context.Secrets, context.Time);

    /// <summary>Reads the manifest that the reference's digest, or else its tag, names; null where there is none.</summary>
    public async Task<RegistryManifest?> FindManifestAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        RegistryAnswer answer = await _transport.SendAsync(ManifestRequest(HttpMethod.Get, reference, push: false, $"tell what {reference} is"), cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
            return null;
        Expect(answer, $"tell what {reference} is", HttpStatusCode.OK);
        string digest = Digests.Of(answer.Body);
        string? claimed = reference.Digest ?? answer["Docker-Content-Digest"];
        if (!string.IsNullOrEmpty(claimed) && Digests.OfLike(claimed, answer.Body) != claimed)
            throw WrongDigest(reference.ToString(), claimed, Digests.OfLike(claimed, answer.Body));
        return new RegistryManifest(digest, answer.MediaType ?? "", answer.Body);
    }

    /// <summary>The digest that a tag names; null where the registry has no such tag or no such repository.</summary>
    public async Task<string?> FindDigestAsync(ImageReference reference, CancellationToken cancellationToken)
    {
        RegistryAnswer answer = await _transport.SendAsync(ManifestRequest(HttpMethod.Head, reference, push: false, $"tell whether it has {reference}"), cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
            return null;
        if (answer.Status == HttpStatusCode.OK && Digests.IsSha256(answer["Docker-Content-Digest"]))
            return answer["Docker-Content-Digest"];
        return (await FindManifestAsync(reference, cancellationToken).ConfigureAwait(false))?.Digest; // some registries answer HEAD without the digest, or not at all
    }

    /// <summary>Puts a manifest under the reference's tag, or under its digest where it has no tag.</summary>
    /// <returns>The digest that the registry holds.</returns>
    public async Task<string> PutManifestAsync(ImageReference reference, ReadOnlyMemory<byte> content, string mediaType, CancellationToken cancellationToken)
    {
        string digest = Digests.Of(content.Span);
        string asked = $"take the manifest of {reference}";
        RegistryRequest request = ManifestRequest(HttpMethod.Put, reference.Tag is null ? reference.WithDigest(digest) : reference.WithoutTag().WithTag(reference.Tag), push: true, asked) with
        {
            Accept = [],
            Content = () => new ReadOnlyMemoryContent(content) { Headers = { ContentType = new MediaTypeHeaderValue(mediaType) } },
        };
        RegistryAnswer answer = await _transport.SendAsync(request, cancellationToken).ConfigureAwait(false);
        ThrowIfNoRepository(answer, reference);
        Expect(answer, asked, HttpStatusCode.Created, HttpStatusCode.OK, HttpStatusCode.Accepted);
        if (answer["Docker-Content-Digest"] is { Length: > 0 } held && held != digest && Digests.IsSha256(held))
            throw WrongDigest(reference.ToString(), digest, held);
        return digest;
    }

    /// <summary>Whether the repository holds a blob.</summary>
    public async Task<bool> HasBlobAsync(ImageReference repository, string digest, CancellationToken cancellationToken)
    {
        string asked = $"tell whether {repository.Name} holds a layer";
        RegistryAnswer answer = await _transport.SendAsync(
            new RegistryRequest(HttpMethod.Head, _transport.At($"v2/{repository.Repository}/blobs/{digest}"), Path(repository), Push: true, asked), cancellationToken).ConfigureAwait(false);
        if (answer.Status == HttpStatusCode.NotFound)
            return false;
        Expect(answer, asked, HttpStatusCode.OK);
        return true;
    }

    private RegistryRequest ManifestRequest(HttpMethod method, ImageReference reference, bool push, string asked)
    {
        string name = reference.Digest ?? reference.Tag ?? throw new ArgumentException($"'{reference}' has neither tag nor digest.", nameof(reference));
        return new RegistryRequest(method, _transport.At($"v2/{reference.Repository}/manifests/{name}"), Path(reference), push, asked) { Accept = MediaTypes.Manifests };
    }

    private static string Path(ImageReference reference) => reference.Repository;

    private void Expect(RegistryAnswer answer, string asked, params ReadOnlySpan<HttpStatusCode> expected)
    {
        if (!expected.Contains(answer.Status))
            throw new RegistryAnswerException(_transport.Registry, $"The registry {_transport.Registry} did not {asked}.", RegistryErrorBody.Of(answer).Text);
    }

    private static void ThrowIfNoRepository(RegistryAnswer answer, ImageReference reference)
    {
        if (answer.Status == HttpStatusCode.NotFound && RegistryErrorBody.Of(answer) is { } error && (error.Codes.Count == 0 || error.Has("NAME_UNKNOWN") || error.Has("NAME_INVALID")))
            throw new RegistryRepositoryNotFoundException(reference.WithoutTag(), error.Text);
    }

    private RegistryAnswerException WrongDigest(string what, string expected, string actual) =>
        new(_transport.Registry, $"The registry {_transport.Registry} does not hold what it says for {what}.", $"  expected: {expected}\n  content:  {actual}", "Something between here and the registry changes content. Nothing was deployed.");
}
