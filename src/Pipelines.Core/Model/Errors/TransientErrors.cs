using System.Net;
using System.Net.Sockets;

namespace Pipelines.Core.Model;

/// <summary>Which errors may go away by themselves.</summary>
internal static class TransientErrors
{
    public static bool IsTransient(Exception exception) => exception switch
    {
        PipelineException own => own.IsTransient,
        HttpRequestException http => http.StatusCode is null || IsTransient(http.StatusCode.Value),
        SocketException => true,
        _ => false,
    };

    /// <summary>Request timeout, too many requests, and what servers say when they are overloaded (RFC 9110 §15.5.9, §15.6; RFC 6585 §4).</summary>
    public static bool IsTransient(HttpStatusCode status) =>
        status is HttpStatusCode.RequestTimeout or HttpStatusCode.TooManyRequests or HttpStatusCode.InternalServerError
            or HttpStatusCode.BadGateway or HttpStatusCode.ServiceUnavailable or HttpStatusCode.GatewayTimeout;
}
