using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pipelines.Core.Tests.Stages.Verify;

/// <summary>A server on loopback that gives the answers in order and then the last one for ever. An answer is the status line, then headers and an empty line where there are any, then the body.</summary>
internal sealed class AnswerServer : IDisposable
{
    public const string Silence = "silence";

    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string[] _answers;
    private readonly List<string> _requests = [];

    public AnswerServer(params string[] answers)
    {
        _answers = answers;
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        _ = ServeAsync();
    }

    public string Url { get; }

    /// <summary>With one it speaks TLS.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>Every request: head and body.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_requests)
                return [.. _requests];
        }
    }

    public void Dispose() => _listener.Dispose();

    private async Task ServeAsync()
    {
        try
        {
            while (true)
                _ = AnswerAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception error) when (error is SocketException or ObjectDisposedException or InvalidOperationException)
        {
        }
    }

    private async Task AnswerAsync(TcpClient client)
    {
        using (client)
        {
            try
            {
                Stream stream = client.GetStream();
                if (Certificate is not null)
                {
                    var tls = new SslStream(stream);
                    await tls.AuthenticateAsServerAsync(Certificate);
                    stream = tls;
                }

                string? request = await ReadRequestAsync(stream);
                if (request is null)
                    return;
                string answer;
                lock (_requests)
                {
                    answer = _answers[Math.Min(_requests.Count, _answers.Length - 1)];
                    _requests.Add(request);
                }

                if (answer == Silence)
                {
                    await stream.ReadAsync(new byte[1]); // until the client gives up
                    return;
                }

                int line = answer.IndexOf('\n', StringComparison.Ordinal);
                string rest = answer[(line + 1)..];
                int empty = rest.IndexOf("\n\n", StringComparison.Ordinal);
                (string headers, string body) = empty < 0 ? ("", rest) : (rest[..empty] + "\n", rest[(empty + 2)..]);
                string head = $"HTTP/1.1 {answer[..line]}\n{headers}Connection: close\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\n\n";
                await stream.WriteAsync(Encoding.UTF8.GetBytes(head.Replace("\n", "\r\n", StringComparison.Ordinal) + body));
            }
            catch (Exception error) when (error is IOException or AuthenticationException)
            {
            }
        }
    }

    private static async Task<string?> ReadRequestAsync(Stream stream)
    {
        var text = new StringBuilder();
        byte[] buffer = new byte[64 * 1024];
        int needed = int.MaxValue;
        while (text.Length < needed)
        {
            int read = await stream.ReadAsync(buffer);
            if (read == 0)
                return null;
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
            string head = text.ToString();
            int end = head.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0)
                continue;
            string? length = head[..end].Split("\r\n").FirstOrDefault(line => line.StartsWith("Content-Length:", StringComparison.OrdinalIgnoreCase));
            needed = end + 4 + (length is null ? 0 : int.Parse(length.Split(':')[1]));
        }

        return text.ToString();
    }
}
