namespace Pipelines.Core.Tools.Docker;

/// <summary>The command line of a build, for each builder.</summary>
internal static class DockerBuildCommand
{
    public static IReadOnlyList<string> Arguments(DockerBuildRequest request, DockerBuilder builder, string idFile)
    {
        bool classic = builder == DockerBuilder.Classic;
        List<string> arguments = builder == DockerBuilder.Buildx ? ["buildx", "build", "--load", "--progress=plain"] : classic ? ["build"] : ["build", "--progress=plain"];
        arguments.AddRange(["--iidfile", idFile, "--file", request.Dockerfile]);
        if (request.Name is not null)
            arguments.AddRange(["--tag", request.Name.ToString()]);
        if (request.Target is not null)
            arguments.AddRange(["--target", request.Target]);
        if (request.Platform is not null)
            arguments.AddRange(["--platform", request.Platform]);
        foreach ((string name, string value) in request.BuildArguments.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            arguments.AddRange(["--build-arg", $"{name}={value}"]);
        foreach ((string name, string value) in request.Labels.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            arguments.AddRange(["--label", $"{name}={value}"]);
        foreach ((string id, string file) in request.SecretFiles.OrderBy(pair => pair.Key, StringComparer.Ordinal))
            arguments.AddRange(["--secret", $"id={id},src={file}"]);
        if (builder == DockerBuilder.Buildx)
        {
            foreach (string source in request.CacheFrom)
                arguments.AddRange(["--cache-from", source]);
            foreach (string target in request.CacheTo)
                arguments.AddRange(["--cache-to", target]);
        }

        arguments.Add(request.Context);
        return arguments;
    }

    /// <summary>The environment that makes docker take the builder.</summary>
    public static Command WithBuilder(this Command command, DockerBuilder builder) => builder switch
    {
        DockerBuilder.Buildx => command.WithEnvironment("BUILDX_NO_DEFAULT_ATTESTATIONS", "1"), // one manifest, not an index of an image and its provenance
        DockerBuilder.BuildKit => command.WithEnvironment("DOCKER_BUILDKIT", "1"),
        _ => command.WithEnvironment("DOCKER_BUILDKIT", "0"),
    };
}
