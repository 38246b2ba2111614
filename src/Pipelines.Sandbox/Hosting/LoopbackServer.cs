using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Pipelines.Sandbox.Canary;

namespace Pipelines.Sandbox.Hosting;

/// <summary>Kestrel without a host around it: no configuration, no log, no dependency injection, so that it starts in a few milliseconds. Listens on 127.0.0.1 and nowhere else.</summary>
internal sealed class LoopbackServer : IHttpApplication<HttpContext>, IAsyncDisposable
{
    private static readonly TimeSpan s_drain = TimeSpan.FromMilliseconds(500);

    private readonly Dictionary<int, IStandIn> _standIns = [];
    private readonly TimeProvider _time;

    [SuppressMessage("Usage", "CA2213:Disposable fields should be disposed", Justification = "it belongs to the canary, which outlives the sandbox")]
    private readonly CanarySession? _canary = CanarySession.Current;

    private KestrelServer? _server;

    private LoopbackServer(TimeProvider time) => _time = time;

    /// <summary>Opens as many ports, then asks for what stands behind them: a stand-in may need to know another's port.</summary>
    public static async Task<LoopbackServer> StartAsync(int ports, Func<IReadOnlyList<int>, IReadOnlyList<IStandIn>> standIns, TimeProvider time, CancellationToken cancellationToken)
    {
        var application = new LoopbackServer(time);
        var options = new KestrelServerOptions { AddServerHeader = false, ApplicationServices = NoServices.Instance };
        options.Limits.MaxRequestBodySize = null; // layers of an image
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        var listeners = new List<ListenOptions>(ports);
        for (int i = 0; i < ports; i++)
        {
            options.Listen(IPAddress.Loopback, 0, listener =>
            {
                listener.Protocols = HttpProtocols.Http1;
                listeners.Add(listener);
            });
        }

        application._server = new KestrelServer(
            Options.Create(options), new SocketTransportFactory(Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance), NullLoggerFactory.Instance);
        try
        {
            await application._server.StartAsync(application, cancellationToken).ConfigureAwait(false);
            int[] bound = [.. listeners.Select(listener => listener.IPEndPoint!.Port)];
            IReadOnlyList<IStandIn> made = standIns(bound);
            lock (application._standIns)
            {
                for (int i = 0; i < ports; i++)
                    application._standIns.Add(bound[i], made[i]);
            }
        }
        catch
        {
            application._server.Dispose();
            throw;
        }

        return application;
    }

    public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

    public Task ProcessRequestAsync(HttpContext context)
    {
        IStandIn? standIn;
        lock (_standIns)
            _standIns.TryGetValue(context.Connection.LocalPort, out standIn);
        context.Response.Headers["X-Sandbox"] = "stand-in";
        if (standIn is not null)
            return _canary is null ? standIn.HandleAsync(context) : WatchedAsync(_canary, standIn, context);
        context.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        return Task.CompletedTask;
    }

    /// <summary>Lets the canary read the whole request before the stand-in does.</summary>
    private static async Task WatchedAsync(CanarySession canary, IStandIn standIn, HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted).ConfigureAwait(false);
        string headers = string.Concat(context.Request.Headers.Select(header => $"{header.Key}: {header.Value}\n"));
        string text = $"{context.Request.Method} {context.Request.Path}{context.Request.QueryString}\n{headers}\n{Encoding.Latin1.GetString(body.ToArray())}";
        canary.OnRequest(standIn.GetType().Name.Replace("StandIn", "", StringComparison.Ordinal), text);
        body.Position = 0;
        context.Request.Body = body;
        await standIn.HandleAsync(context).ConfigureAwait(false);
    }

    public void DisposeContext(HttpContext context, Exception? exception) { }

    public async ValueTask DisposeAsync()
    {
        if (_server is null)
            return;
        using var drained = new CancellationTokenSource(s_drain, _time);
        await _server.StopAsync(drained.Token).ConfigureAwait(false);
        _server.Dispose();
    }

    private sealed class NoServices : IServiceProvider
    {
        public static NoServices Instance { get; } = new();

        public object? GetService(Type serviceType) => null;
    }
}
