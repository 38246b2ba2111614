using System.Net.Http.Headers;
using System.Reflection;

namespace Pipelines.Core.Clients.Http;

/// <summary>The one HTTP client of the process. It has no timeout of its own: callers cancel by their <see cref="TimeProvider"/>.</summary>
internal static class SharedHttp
{
    private static readonly Lazy<HttpClient> Instance = new(Create);

    public static HttpClient Client => Instance.Value;

    private static HttpClient Create()
    {
#pragma warning disable CA2000 // lives as long as the process
        var handler = new SocketsHttpHandler
        {
            AllowAutoRedirect = false, // credentials must never follow a redirect to another host
            UseCookies = false,
            PooledConnectionLifetime = TimeSpan.FromMinutes(2), // so that a changed DNS entry is seen
            ConnectTimeout = TimeSpan.FromSeconds(15),
        };
#pragma warning restore CA2000
        var client = new HttpClient(handler) { Timeout = Timeout.InfiniteTimeSpan };
        string version = typeof(SharedHttp).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";
        client.DefaultRequestHeaders.UserAgent.Add(new ProductInfoHeaderValue("Pipelines", version));
        return client;
    }
}
