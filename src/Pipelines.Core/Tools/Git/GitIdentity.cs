namespace Pipelines.Core.Tools.Git;

/// <summary>Who commits, and when.</summary>
internal sealed record GitIdentity(string Name, string Email, DateTimeOffset At);
