using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Pipelines.Core;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Registry;

/// <summary>An OCI registry (distribution spec 1.1: pull, push, content discovery) behind Basic auth, as ECR answers.</summary>
internal sealed partial class RegistryStandIn(string root, string user, Secret password, bool fails, TimeProvider time) : IStandIn
{
    private readonly byte[] _authorization = Encoding.UTF8.GetBytes("Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password.Reveal()}")));
    private readonly Lazy<RegistryStore> _store = new(() => new RegistryStore(root, time));

    private RegistryStore Store => _store.Value;

    public async Task HandleAsync(HttpContext http)
    {
        http.Response.Headers["Docker-Distribution-Api-Version"] = "registry/2.0";
        try
        {
            if (!CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.Request.Headers.Authorization.ToString()), _authorization))
            {
                http.Response.Headers.WWWAuthenticate = "Basic realm=\"sandbox registry\",service=\"sandbox\"";
                throw new RegistryError(401, "UNAUTHORIZED", "authentication required");
            }

            await RouteAsync(http).ConfigureAwait(false);
        }
        catch (RegistryError error)
        {
            await http.JsonAsync(error.Status, json =>
            {
                json.WriteStartArray("errors");
                json.WriteStartObject();
                json.WriteString("code", error.Code);
                json.WriteString("message", error.Message);
                json.WriteEndObject();
                json.WriteEndArray();
            }).ConfigureAwait(false);
        }
    }

    private Task RouteAsync(HttpContext http)
    {
        string path = http.Request.Path.Value ?? "";
        if (path is "/v2" or "/v2/")
            return http.JsonAsync(200, _ => { });
        if (!path.StartsWith("/v2/", StringComparison.Ordinal))
            throw new RegistryError(404, "UNSUPPORTED", "not an address of the distribution protocol");
        string rest = path["/v2/".Length..];
        if (rest.EndsWith("/tags/list", StringComparison.Ordinal))
            return TagsAsync(http, Repository(rest[..^"/tags/list".Length]));
        if (Split(rest, "/blobs/uploads/") is { } upload)
            return UploadAsync(http, upload.Repository, upload.Reference);
        if (rest.EndsWith("/blobs/uploads", StringComparison.Ordinal))
            return UploadAsync(http, Repository(rest[..^"/blobs/uploads".Length]), "");
        if (Split(rest, "/blobs/") is { } blob)
            return BlobAsync(http, blob.Repository, blob.Reference);
        if (Split(rest, "/manifests/") is { } manifest)
            return ManifestAsync(http, manifest.Repository, manifest.Reference);
        throw new RegistryError(404, "UNSUPPORTED", "not an address of the distribution protocol");
    }

    private static (string Repository, string Reference)? Split(string path, string marker)
    {
        int at = path.LastIndexOf(marker, StringComparison.Ordinal);
        return at <= 0 ? null : (Repository(path[..at]), path[(at + marker.Length)..]);
    }

    private static string Repository(string name) => RegistryStore.IsRepository(name) ? name : throw RegistryError.NameInvalid(name);

    private async Task TagsAsync(HttpContext http, string repository)
    {
        if (!HttpMethods.IsGet(http.Request.Method))
            throw RegistryError.Unsupported();
        if (!Store.Exists(repository))
            throw RegistryError.NameUnknown(repository);
        IEnumerable<string> tags = Store.Tags(repository);
        if (http.Request.Query["last"].ToString() is { Length: > 0 } last)
            tags = tags.Where(tag => string.CompareOrdinal(tag, last) > 0);
        string[] found = [.. tags];
        if (int.TryParse(http.Request.Query["n"], NumberStyles.None, CultureInfo.InvariantCulture, out int limit) && limit < found.Length)
        {
            found = found[..limit];
            if (limit > 0)
                http.Response.Headers.Link = $"</v2/{repository}/tags/list?n={limit}&last={found[^1]}>; rel=\"next\"";
        }

        await http.JsonAsync(200, json =>
        {
            json.WriteString("name", repository);
            json.WriteStartArray("tags");
            foreach (string tag in found)
                json.WriteStringValue(tag);
            json.WriteEndArray();
        }).ConfigureAwait(false);
    }

    private static Task SendFileAsync(HttpContext http, string path, string contentType, string digest)
    {
        http.Response.StatusCode = 200;
        http.Response.ContentType = contentType;
        http.Response.ContentLength = new FileInfo(path).Length;
        http.Response.Headers["Docker-Content-Digest"] = digest;
        http.Response.Headers.ETag = $"\"{digest}\"";
        return HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.SendFileAsync(path, http.RequestAborted);
    }
}
