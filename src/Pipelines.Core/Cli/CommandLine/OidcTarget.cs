namespace Pipelines.Core.Cli.CommandLine;

/// <summary>What is to trust a CI system's tokens.</summary>
internal enum OidcTarget
{
    Aws,
    Vault,
}
