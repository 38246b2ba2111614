using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Pipelines.Core.Tests.Clients;

/// <summary>An HTTP server on loopback that answers as the test says and records what it was asked.</summary>
public sealed class ScriptedServer : IAsyncDisposable
{
    private readonly HttpListener _listener = new();
    private readonly Func<Request, HttpListenerResponse, Task> _answer;
    private readonly Task _loop;

    public ScriptedServer(Func<Request, HttpListenerResponse, Task> answer)
    {
        _answer = answer;
        int port = FreePort();
        Authority = $"127.0.0.1:{port}";
        _listener.Prefixes.Add($"http://{Authority}/");
        _listener.Start();
        _loop = LoopAsync();
    }

    public ScriptedServer(Action<Request, HttpListenerResponse> answer)
        : this((request, response) =>
        {
            answer(request, response);
            return Task.CompletedTask;
        })
    {
    }

    public string Authority { get; }

    public Uri Address => new($"http://{Authority}/");

    public ConcurrentQueue<Request> Requests { get; } = new();

    public static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
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
            HttpListenerContext context;
            try
            {
                context = await _listener.GetContextAsync();
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            await AnswerAsync(context);
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        using var body = new MemoryStream();
        try
        {
            await context.Request.InputStream.CopyToAsync(body);
            var request = new Request(context.Request.HttpMethod, context.Request.RawUrl!, context.Request.Headers.AllKeys.ToDictionary(key => key!, key => context.Request.Headers[key]!, StringComparer.OrdinalIgnoreCase), body.ToArray());
            Requests.Enqueue(request);
            await _answer(request, context.Response);
            context.Response.Close();
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or InvalidOperationException)
        {
            context.Response.Abort();
        }
    }

    public sealed record Request(string Method, string Path, IReadOnlyDictionary<string, string> Headers, byte[] Body)
    {
        public string? this[string header] => Headers.GetValueOrDefault(header);
    }
}

public static class ScriptedResponses
{
    public static void Write(this HttpListenerResponse response, int status, string body = "", string type = "application/json", params (string Name, string Value)[] headers)
    {
        response.StatusCode = status;
        response.ContentType = type;
        foreach ((string name, string value) in headers)
            response.Headers[name] = value;
        byte[] content = Encoding.UTF8.GetBytes(body);
        response.ContentLength64 = content.Length;
        response.OutputStream.Write(content);
    }
}
