namespace Pipelines.Core;

/// <summary>One failed test.</summary>
/// <param name="Name">Its full name.</param>
/// <param name="Message">Why it failed.</param>
/// <param name="Details">The stack trace or the assertion's output, where there is one.</param>
public sealed record TestFailure(string Name, string Message, string? Details = null);
