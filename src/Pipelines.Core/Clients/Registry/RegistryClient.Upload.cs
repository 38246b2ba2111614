using System.Globalization;
using System.Net;
using System.Net.Http.Headers;

namespace Pipelines.Core.Clients.Registry;

/// <content>Blob uploads in chunks that go on after a broken connection (distribution-spec "pushing a blob in chunks").</content>
internal sealed partial class RegistryClient
{
    private const int MaxBreaks = 5;

    /// <summary>How many bytes a request carries. A broken one costs no more than this.</summary>
    /// <value>16 MiB; some registries refuse parts below 5 MiB</value>
    internal int ChunkSize { get; init; } = 16 * 1024 * 1024;

    /// <summary>The wait after a break, doubled with each further one.</summary>
    /// <value>1 second</value>
    internal TimeSpan BreakDelay { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>Uploads a blob, unless the repository holds it already.</summary>
    /// <returns>Whether anything was sent.</returns>
    public async Task<bool> UploadBlobAsync(ImageReference repository, string digest, Stream content, CancellationToken cancellationToken)
    {
        if (await HasBlobAsync(repository, digest, cancellationToken).ConfigureAwait(false))
            return false;
        for (int breaks = 0; ; breaks++)
        {
            Uri session = await StartUploadAsync(repository, cancellationToken).ConfigureAwait(false); // a registry that is down is the stage's to retry: that is told
            try
            {
                session = await SendChunksAsync(repository, session, content, cancellationToken).ConfigureAwait(false);
                await FinishUploadAsync(repository, session, digest, cancellationToken).ConfigureAwait(false);
                return true;
            }
            catch (UploadLostException exception)
            {
                if (breaks == MaxBreaks)
                    throw new RegistryUnavailableException(_transport.Registry, UploadAsked(repository), $"  It forgot the upload {MaxBreaks + 1} times.", exception);
            }
            catch (RegistryUnavailableException) when (breaks < MaxBreaks)
            {
                await WaitAsync(breaks, cancellationToken).ConfigureAwait(false);
                if (await HasBlobAsync(repository, digest, cancellationToken).ConfigureAwait(false))
                    return true; // only the last answer was lost
            }
        }
    }

    private async Task<Uri> StartUploadAsync(ImageReference repository, CancellationToken cancellationToken)
    {
        RegistryAnswer answer = await _transport.SendAsync(
            UploadRequest(HttpMethod.Post, _transport.At($"v2/{repository.Repository}/blobs/uploads/"), repository) with { Content = () => new ByteArrayContent([]) }, cancellationToken).ConfigureAwait(false);
        ThrowIfNoRepository(answer, repository);
        Expect(answer, UploadAsked(repository), HttpStatusCode.Accepted);
        return _transport.Locate(answer);
    }

    private async Task<Uri> SendChunksAsync(ImageReference repository, Uri session, Stream content, CancellationToken cancellationToken)
    {
        long sent = 0;
        int breaks = 0;
        byte[] chunk = new byte[Math.Min(ChunkSize, Math.Max(content.Length, 1))];
        while (sent < content.Length)
        {
            content.Position = sent;
            int length = await content.ReadAtLeastAsync(chunk, chunk.Length, throwOnEndOfStream: false, cancellationToken).ConfigureAwait(false);
            try
            {
                RegistryAnswer answer = await _transport.SendAsync(ChunkRequest(repository, session, chunk, sent, length), cancellationToken).ConfigureAwait(false);
                if (answer.Status == HttpStatusCode.RequestedRangeNotSatisfiable)
                    throw new RegistryUnavailableException(_transport.Registry, UploadAsked(repository), RegistryErrorBody.Of(answer).Text); // it has more or less than we think: ask it below
                ThrowIfLost(answer);
                Expect(answer, UploadAsked(repository), HttpStatusCode.Accepted, HttpStatusCode.Created, HttpStatusCode.NoContent);
                session = _transport.Locate(answer);
                sent += length;
                breaks = 0;
            }
            catch (RegistryUnavailableException) when (breaks < MaxBreaks)
            {
                await WaitAsync(breaks++, cancellationToken).ConfigureAwait(false);
                (session, sent) = await AskProgressAsync(repository, session, content.Length, cancellationToken).ConfigureAwait(false);
            }
        }

        return session;
    }

    /// <summary>Asks how much of an upload has arrived.</summary>
    private async Task<(Uri Session, long Sent)> AskProgressAsync(ImageReference repository, Uri session, long total, CancellationToken cancellationToken)
    {
        RegistryAnswer answer = await _transport.SendAsync(UploadRequest(HttpMethod.Get, session, repository), cancellationToken).ConfigureAwait(false);
        ThrowIfLost(answer);
        Expect(answer, UploadAsked(repository), HttpStatusCode.NoContent, HttpStatusCode.Accepted, HttpStatusCode.OK);
        string range = (answer["Range"] ?? "").Replace("bytes=", "", StringComparison.Ordinal);
        string last = range[(range.IndexOf('-', StringComparison.Ordinal) + 1)..];
        // "0-0" is what registries answer where nothing has arrived: as one byte never comes alone, it means none
        long sent = long.TryParse(last, NumberStyles.None, CultureInfo.InvariantCulture, out long position) && position > 0 ? position + 1 : 0;
        if (sent > total)
            throw new UploadLostException();
        return (answer["Location"] is null ? session : _transport.Locate(answer), sent);
    }

    private async Task FinishUploadAsync(ImageReference repository, Uri session, string digest, CancellationToken cancellationToken)
    {
        string query = session.Query.TrimStart('?');
        Uri address = new UriBuilder(session) { Query = $"{query}{(query.Length == 0 ? "" : "&")}digest={Uri.EscapeDataString(digest)}" }.Uri;
        RegistryAnswer answer = await _transport.SendAsync(
            UploadRequest(HttpMethod.Put, address, repository) with { Content = () => new ByteArrayContent([]), Timeout = TimeSpan.FromMinutes(5) }, cancellationToken).ConfigureAwait(false);
        ThrowIfLost(answer);
        Expect(answer, UploadAsked(repository), HttpStatusCode.Created, HttpStatusCode.NoContent, HttpStatusCode.OK);
        if (answer["Docker-Content-Digest"] is { Length: > 0 } held && held != digest)
            throw WrongDigest($"a layer of {repository.Name}", digest, held);
    }

    private static RegistryRequest ChunkRequest(ImageReference repository, Uri session, byte[] chunk, long start, int length) =>
        UploadRequest(HttpMethod.Patch, session, repository) with
        {
            Timeout = TimeSpan.FromMinutes(10),
            Content = () =>
            {
                var body = new ByteArrayContent(chunk, 0, length);
                body.Headers.ContentType = new MediaTypeHeaderValue("application/octet-stream");
                body.Headers.TryAddWithoutValidation("Content-Range", $"{start}-{start + length - 1}"); // the specification's own form, without a unit
                return body;
            },
        };

    private static RegistryRequest UploadRequest(HttpMethod method, Uri address, ImageReference repository) => new(method, address, Path(repository), Push: true, UploadAsked(repository));

    private static string UploadAsked(ImageReference repository) => $"take a layer of {repository.Name}";

    private static void ThrowIfLost(RegistryAnswer answer)
    {
        if (answer.Status == HttpStatusCode.NotFound)
            throw new UploadLostException();
    }

    private Task WaitAsync(int breaks, CancellationToken cancellationToken) => Task.Delay(BreakDelay * (1 << breaks), _time, cancellationToken);

    /// <summary>The registry does not know the upload any more.</summary>
    private sealed class UploadLostException : Exception;
}
