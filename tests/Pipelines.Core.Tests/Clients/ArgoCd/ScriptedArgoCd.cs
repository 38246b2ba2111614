using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipelines.Core.Tests.Clients.ArgoCd;

/// <summary>An Argo CD that answers what a test says, over real HTTP on loopback.</summary>
internal sealed class ScriptedArgoCd : IDisposable
{
    private readonly HttpListener _listener;
    private readonly ConcurrentQueue<string> _requests = new();
    private int _reads;
    private int _streams;

    /// <param name="states">The answers to reads, one after the other; the last stays.</param>
    public ScriptedArgoCd(params Answer[] states)
    {
        States = states;
        (_listener, Address) = Listen();
        _ = AcceptAsync();
    }

    public Answer[] States { get; }

    public Uri Address { get; }

    /// <summary>The lines of the first, second… stream; none where there is no stream. A null line keeps the stream open.</summary>
    public string?[][] Streams { get; init; } = [];

    /// <summary>What stands for the revision of forty ones in the answers, where the test knows it late.</summary>
    public Func<string>? Revision { get; set; }

    public string Tree { get; init; } = "{}";

    public IReadOnlyList<string> Requests => [.. _requests];

    public int Reads => _reads;

    public string? Authorization { get; private set; }

    public static Answer App(string sync, string revision, string health, Action<JsonObject>? more = null)
    {
        var status = new JsonObject
        {
            ["sync"] = new JsonObject { ["status"] = sync, ["revision"] = revision },
            ["health"] = new JsonObject { ["status"] = health },
        };
        more?.Invoke(status);
        return new Answer(200, new JsonObject
        {
            ["metadata"] = new JsonObject { ["name"] = "order" },
            ["spec"] = new JsonObject { ["source"] = new JsonObject { ["repoURL"] = "https://git.example.com/m.git", ["targetRevision"] = "main" }, ["syncPolicy"] = new JsonObject { ["automated"] = new JsonObject() } },
            ["status"] = status,
        }.ToJsonString());
    }

    public static string Event(Answer application) => "{\"result\":{\"type\":\"MODIFIED\",\"application\":" + application.Body + "}}";

    public static Action<JsonObject> Operation(string phase, string revision, string? message = null, string? startedAt = null, string? finishedAt = null, JsonArray? resources = null) => status =>
        status["operationState"] = new JsonObject
        {
            ["phase"] = phase,
            ["message"] = message,
            ["startedAt"] = startedAt,
            ["finishedAt"] = finishedAt,
            ["syncResult"] = new JsonObject { ["revision"] = revision, ["resources"] = resources },
        };

    public void Dispose() => _listener.Close();

    private static (HttpListener, Uri) Listen()
    {
        for (int attempt = 0; ; attempt++)
        {
            using var probe = new TcpListener(IPAddress.Loopback, 0);
            probe.Start();
            var address = new Uri($"http://127.0.0.1:{((IPEndPoint)probe.LocalEndpoint).Port}/");
            probe.Stop();
            var listener = new HttpListener();
            listener.Prefixes.Add(address.AbsoluteUri);
            try
            {
                listener.Start();
                return (listener, address);
            }
            catch (HttpListenerException) when (attempt < 5)
            {
                // Somebody took the port in between.
            }
        }
    }

    private async Task AcceptAsync()
    {
        while (_listener.IsListening)
        {
            try
            {
                HttpListenerContext context = await _listener.GetContextAsync();
                _ = AnswerAsync(context);
            }
            catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException)
            {
                return;
            }
        }
    }

    private async Task AnswerAsync(HttpListenerContext context)
    {
        try
        {
            string path = context.Request.Url!.AbsolutePath;
            _requests.Enqueue(context.Request.Url.PathAndQuery);
            Authorization = context.Request.Headers["Authorization"];
            if (path.Contains("/stream/", StringComparison.Ordinal))
            {
                await StreamAsync(context);
                return;
            }

            Answer answer = path.EndsWith("/resource-tree", StringComparison.Ordinal) ? new Answer(200, Tree) : States[Math.Min(Interlocked.Increment(ref _reads), States.Length) - 1];
            context.Response.StatusCode = answer.Status;
            if (answer.Location is not null)
                context.Response.Headers["Location"] = answer.Location;
            context.Response.Close(Encoding.UTF8.GetBytes(Revision is null ? answer.Body : answer.Body.Replace(new string('1', 40), Revision(), StringComparison.Ordinal)), willBlock: false);
        }
        catch (Exception exception) when (exception is HttpListenerException or ObjectDisposedException or IOException)
        {
            // The client has gone.
        }
    }

    private async Task StreamAsync(HttpListenerContext context)
    {
        int number = Interlocked.Increment(ref _streams) - 1;
        if (number >= Streams.Length)
        {
            context.Response.StatusCode = 404;
            context.Response.Close();
            return;
        }

        context.Response.SendChunked = true;
        foreach (string? line in Streams[number])
        {
            if (line is null)
                return; // stays open until the client goes
            await context.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
            await context.Response.OutputStream.FlushAsync();
        }

        context.Response.Close();
    }

    internal sealed record Answer(int Status, string Body, string? Location = null);
}
