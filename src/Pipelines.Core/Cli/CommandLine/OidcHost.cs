namespace Pipelines.Core.Cli.CommandLine;

/// <summary>Whose tokens are trusted.</summary>
internal enum OidcHost
{
    GitHub,
    GitLab,
}
