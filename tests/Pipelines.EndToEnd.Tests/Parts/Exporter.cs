using System.Globalization;
using System.Net;
using System.Text;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>A service as Prometheus sees it: requests and errors that grow by the time, as fast as the test says (https://prometheus.io/docs/instrumenting/exposition_formats/).</summary>
internal sealed class Exporter : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Lock _lock = new();
    private readonly Task _loop;
    private long _last = System.Diagnostics.Stopwatch.GetTimestamp();
    private double _good;
    private double _bad;
    private double _share;

    public Exporter()
    {
        Port = Machine.FreePort();
        _listener.Prefixes.Add($"http://127.0.0.1:{Port}/");
        _listener.Start();
        _loop = LoopAsync();
    }

    public int Port { get; }

    /// <summary>The share of requests that end in an error from now on.</summary>
    public double Errors
    {
        set
        {
            lock (_lock)
            {
                Count();
                _share = value;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        _listener.Close();
        await _loop;
    }

    private async Task LoopAsync()
    {
        while (true)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                byte[] body = Encoding.UTF8.GetBytes(Text());
                context.Response.ContentType = "text/plain; version=0.0.4; charset=utf-8";
                await context.Response.OutputStream.WriteAsync(body);
                context.Response.Close();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                if (!_listener.IsListening)
                    return;
            }
        }
    }

    private string Text()
    {
        lock (_lock)
        {
            Count();
            double all = _good + _bad;
            return string.Create(CultureInfo.InvariantCulture, $$"""
                # TYPE http_requests_total counter
                http_requests_total{app="order-service",environment="staging",code="200"} {{_good:R}}
                http_requests_total{app="order-service",environment="staging",code="503"} {{_bad:R}}
                # TYPE http_request_duration_seconds histogram
                http_request_duration_seconds_bucket{app="order-service",environment="staging",le="0.1"} {{all:R}}
                http_request_duration_seconds_bucket{app="order-service",environment="staging",le="1"} {{all:R}}
                http_request_duration_seconds_bucket{app="order-service",environment="staging",le="+Inf"} {{all:R}}
                http_request_duration_seconds_sum{app="order-service",environment="staging"} {{all * 0.05:R}}
                http_request_duration_seconds_count{app="order-service",environment="staging"} {{all:R}}

                """).ReplaceLineEndings("\n");
        }
    }

    /// <summary>A hundred requests a second since the last look.</summary>
    private void Count()
    {
        long now = System.Diagnostics.Stopwatch.GetTimestamp();
        double requests = System.Diagnostics.Stopwatch.GetElapsedTime(_last, now).TotalSeconds * 100;
        _last = now;
        _good += requests * (1 - _share);
        _bad += requests * _share;
    }
}
