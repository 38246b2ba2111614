namespace Pipelines.Core.Hosts;

/// <summary>The project on a code host that a CI system builds.</summary>
/// <param name="Host">The code host.</param>
/// <param name="Path">The project there, such as <c>owner/name</c>.</param>
/// <param name="Api">The root of its API; null for the public one.</param>
internal sealed record HostProject(CodeHost Host, string Path, Uri? Api);
