using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Registry;

internal sealed partial class RegistryStandIn
{
    private Task BlobAsync(HttpContext http, string repository, string digest)
    {
        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
            throw RegistryError.Unsupported();
        if (!RegistryStore.IsDigest(digest))
            throw RegistryError.DigestInvalid(digest);
        if (!Store.HasBlob(repository, digest))
            throw RegistryError.BlobUnknown(digest);
        return SendFileAsync(http, Store.BlobPath(digest), "application/octet-stream", digest);
    }

    private async Task UploadAsync(HttpContext http, string repository, string id)
    {
        string method = http.Request.Method;
        if (fails && !HttpMethods.IsGet(method))
            throw RegistryError.Fault();
        if (id.Length == 0)
        {
            if (!HttpMethods.IsPost(method))
                throw RegistryError.Unsupported();
            await StartUploadAsync(http, repository).ConfigureAwait(false);
            return;
        }

        long length = Store.UploadLength(id);
        if (HttpMethods.IsGet(method))
        {
            Progress(http, repository, id, 204);
        }
        else if (HttpMethods.IsPatch(method))
        {
            await AppendAsync(http, id, length).ConfigureAwait(false);
            Progress(http, repository, id, 202);
        }
        else if (HttpMethods.IsPut(method))
        {
            string digest = Digest(http);
            await AppendAsync(http, id, length).ConfigureAwait(false);
            await CompleteAsync(http, repository, id, digest).ConfigureAwait(false);
        }
        else if (HttpMethods.IsDelete(method))
        {
            Store.CancelUpload(id);
            http.Response.StatusCode = 204;
        }
        else
        {
            throw RegistryError.Unsupported();
        }
    }

    private async Task StartUploadAsync(HttpContext http, string repository)
    {
        string mount = http.Request.Query["mount"].ToString();
        string from = http.Request.Query["from"].ToString();
        if (RegistryStore.IsDigest(mount) && RegistryStore.IsRepository(from) && Store.HasBlob(from, mount))
        {
            Store.Link(repository, mount);
            Created(http, repository, mount);
            return;
        }

        string? digest = http.Request.Query.ContainsKey("digest") ? Digest(http) : null;
        string id = Store.NewUpload();
        if (digest is null)
        {
            Progress(http, repository, id, 202);
            return;
        }

        await AppendAsync(http, id, 0).ConfigureAwait(false);
        await CompleteAsync(http, repository, id, digest).ConfigureAwait(false);
    }

    private async Task AppendAsync(HttpContext http, string id, long length)
    {
        string range = http.Request.Headers.ContentRange.ToString();
        if (range.Length > 0)
        {
            string start = range.Split(' ')[^1].Split('-')[0]; // "0-99", and "bytes 0-99/100" as some clients write it
            if (!long.TryParse(start, NumberStyles.None, CultureInfo.InvariantCulture, out long first) || first != length)
            {
                http.Response.Headers.Range = $"0-{Math.Max(0, length - 1)}";
                throw RegistryError.RangeInvalid(range, length);
            }
        }

        await Store.AppendAsync(id, http.Request.Body, http.RequestAborted).ConfigureAwait(false);
    }

    private async Task CompleteAsync(HttpContext http, string repository, string id, string digest)
    {
        await Store.CompleteUploadAsync(repository, id, digest, http.RequestAborted).ConfigureAwait(false);
        Created(http, repository, digest);
    }

    private static string Digest(HttpContext http)
    {
        string digest = http.Request.Query["digest"].ToString();
        return RegistryStore.IsDigest(digest) ? digest : throw RegistryError.DigestInvalid(digest);
    }

    private static void Created(HttpContext http, string repository, string digest)
    {
        http.Response.StatusCode = 201;
        http.Response.Headers.Location = $"/v2/{repository}/blobs/{digest}";
        http.Response.Headers["Docker-Content-Digest"] = digest;
    }

    private void Progress(HttpContext http, string repository, string id, int status)
    {
        http.Response.StatusCode = status;
        http.Response.Headers.Location = $"/v2/{repository}/blobs/uploads/{id}";
        http.Response.Headers.Range = $"0-{Math.Max(0, Store.UploadLength(id) - 1)}";
        http.Response.Headers["Docker-Upload-UUID"] = id;
    }
}
