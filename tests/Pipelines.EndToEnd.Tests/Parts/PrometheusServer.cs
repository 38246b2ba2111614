using System.Diagnostics;
using Pipelines.Core;
using Pipelines.Core.Clients.Prometheus;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>The real Prometheus over an exporter, with scrapes often enough for a test.</summary>
internal sealed class PrometheusServer : IAsyncDisposable
{
    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Machine.FreePort();
    private Process? _process;

    public static string? Missing => RealParts.IsInstalled("prometheus") ? null : "not installed: prometheus (apt-get install prometheus)";

    public PrometheusTarget Target => new() { Server = new Uri($"http://127.0.0.1:{_port}"), Timeout = TimeSpan.FromSeconds(5) };

    /// <summary>Starts it, and waits until it has a rate of the exporter's requests.</summary>
    public static async Task<PrometheusServer> StartAsync(Exporter exporter)
    {
        var server = new PrometheusServer();
        try
        {
            string configuration = server._folder.Write("prometheus.yml", $$"""
                global:
                  scrape_interval: 250ms
                  scrape_timeout: 250ms
                scrape_configs:
                  - job_name: service
                    static_configs:
                      - targets: ["127.0.0.1:{{exporter.Port}}"]

                """);
            server._process = await Machine.StartAsync(
                RealParts.Find("prometheus")!,
                () => Machine.ListensAsync(server._port),
                $"--config.file={configuration}", $"--storage.tsdb.path={server._folder.Path}/data", $"--web.listen-address=127.0.0.1:{server._port}", "--log.level=warn");
            var client = new PrometheusClient(server.Target, null, TimeProvider.System);
            await Machine.UntilAsync(() => HasRateAsync(client), "Prometheus has scraped the exporter");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async Task KillAsync()
    {
        await Machine.EndAsync(_process);
        _process = null;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _folder.Dispose();
    }

    private static async Task<bool> HasRateAsync(PrometheusClient client)
    {
        try
        {
            return (await client.QueryAsync("sum(rate(http_requests_total[2s])) > 0", default)).Series.Count == 1;
        }
        catch (PrometheusException)
        {
            return false; // it listens, and is not ready
        }
    }
}
