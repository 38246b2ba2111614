using System.Diagnostics;
using System.Net.Sockets;
using System.Text;
using Pipelines.Core;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests.Parts;

/// <summary>Git over HTTP as a company serves it: nginx asks for the token and hands over to <c>git http-backend</c>.</summary>
internal sealed class GitServer : IAsyncDisposable
{
    public const string TokenUser = "x-access-token";

    private readonly TemporaryDirectory _folder = new();
    private readonly int _port = Machine.FreePort();
    private Process? _cgi;
    private Process? _nginx;

    /// <summary>The folder whose repositories are served.</summary>
    public string Root => _folder.Path + "/git";

    public string Token { get; } = Machine.NewSecret("git");

    /// <summary>User and token as they go over the wire.</summary>
    public string Credential => Convert.ToBase64String(Encoding.UTF8.GetBytes($"{TokenUser}:{Token}"));

    /// <summary>The address of a repository under <see cref="Root"/>.</summary>
    public Uri Address(string path) => new($"http://127.0.0.1:{_port}/{path}");

    /// <summary>The requests so far, one a line: user, method, address, status.</summary>
    public string Requests => File.ReadAllText(_folder.Path + "/access.log");

    public static async Task<GitServer> StartAsync()
    {
        var server = new GitServer();
        try
        {
            await server.StartPartsAsync();
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Machine.EndAsync(_nginx);
        await Machine.EndAsync(_cgi);
        _folder.Dispose();
    }

    private async Task StartPartsAsync()
    {
        Directory.CreateDirectory(Root);
        string folder = _folder.Path;
        string backend = Path.Combine((await Machine.RunAsync("git", "--exec-path")).Trim(), "git-http-backend");
        _folder.Write("users", await Machine.RunAsync(new Command("htpasswd", "-Bin", "-C", "4", TokenUser).WithInput(Token)));
        string configuration = _folder.Write("nginx.conf", $$"""
            daemon off;
            master_process off;
            pid {{folder}}/nginx.pid;
            error_log {{folder}}/error.log;
            events { worker_connections 512; }
            http {
              log_format requests '$remote_user $request_method $request_uri $status';
              access_log {{folder}}/access.log requests;
              client_body_temp_path {{folder}}/body;
              fastcgi_temp_path {{folder}}/fastcgi;
              proxy_temp_path {{folder}}/proxy;
              uwsgi_temp_path {{folder}}/uwsgi;
              scgi_temp_path {{folder}}/scgi;
              client_max_body_size 0;
              server {
                listen 127.0.0.1:{{_port}};
                location / {
                  auth_basic "manifests";
                  auth_basic_user_file {{folder}}/users;
                  fastcgi_pass unix:{{folder}}/cgi.sock;
                  fastcgi_param SCRIPT_FILENAME {{backend}};
                  fastcgi_param GIT_PROJECT_ROOT {{Root}};
                  fastcgi_param GIT_HTTP_EXPORT_ALL 1;
                  fastcgi_param PATH_INFO $uri;
                  fastcgi_param QUERY_STRING $query_string;
                  fastcgi_param REQUEST_METHOD $request_method;
                  fastcgi_param CONTENT_TYPE $content_type;
                  fastcgi_param CONTENT_LENGTH $content_length;
                  fastcgi_param REMOTE_USER $remote_user;
                }
              }
            }

            """);
        _cgi = await Machine.StartAsync(RealParts.Find("fcgiwrap")!, ListensOnSocketAsync, "-f", "-c", "2", "-s", $"unix:{folder}/cgi.sock");
        _nginx = await Machine.StartAsync(RealParts.Find("nginx")!, () => Machine.ListensAsync(_port), "-e", $"{folder}/error.log", "-c", configuration, "-p", folder);
    }

    private async Task<bool> ListensOnSocketAsync()
    {
        try
        {
            using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(_folder.Path + "/cgi.sock"));
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
