using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Hosts;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli;

/// <summary>One call of the program: what was asked for, of which pipeline, where.</summary>
internal sealed record Invocation
{
    public required PipelineTemplate Template { get; init; }

    public required CliRequest Request { get; init; }

    public required AppEnvironment Environment { get; init; }

    /// <summary>What masks everything that is printed. Shared with the errors that end the program.</summary>
    public required SecretMasker Masker { get; init; }

    public required CiHost Host { get; init; }

    public required RunMode Mode { get; init; }

    /// <summary>The root of the service.</summary>
    public required string Directory { get; init; }

    /// <summary>What the host knows of the commit and git does not: CI systems check out a detached HEAD. What a pull request's job builds gets a tag of its own, so that the branch it is merged into never carries that image on.</summary>
    public SourceRevision Complete(SourceRevision source) => source with { Branch = source.Branch ?? Host.Branch, Tag = Host.PullRequest is { } number ? $"{source.Tag}-pr.{number}" : source.Tag };
}
