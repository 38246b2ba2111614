namespace Pipelines.Core.Tools.Docker;

/// <summary>A sign-in to one registry.</summary>
internal sealed record DockerLogin(string Registry, string User, Secret Password);
