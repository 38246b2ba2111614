using Microsoft.AspNetCore.Http;

namespace Pipelines.Sandbox.Hosting;

/// <summary>One service that the sandbox stands in for. Each has a port of its own, so that every API is at the root as with the real one.</summary>
internal interface IStandIn
{
    Task HandleAsync(HttpContext http);
}
