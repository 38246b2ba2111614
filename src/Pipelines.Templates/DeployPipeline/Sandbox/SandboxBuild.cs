using Pipelines.Core;
using Pipelines.Core.Stages.Image;

namespace Pipelines.Templates;

/// <summary>Builds with docker where docker and the base image are at hand; else the assembler stands in, and says so.</summary>
internal sealed record SandboxBuild(DockerBuild Docker, AssembleImage Assembler, string Builder) : IStage<BuiltImage>, IDescribedStage
{
    public string Description => Builder switch
    {
        "docker" => Docker.Description,
        "assembler" => Assembler.Description,
        _ => $"{Docker.Description}; where docker is not there, the image assembler stands in",
    };

    public async Task<BuiltImage> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        if (Builder == "docker")
            return await Docker.RunAsync(context, cancellationToken).ConfigureAwait(false);
        if (Builder == "auto")
        {
            try
            {
                return await Docker.RunAsync(context, cancellationToken).ConfigureAwait(false);
            }
            catch (Exception exception) when (exception is ToolNotFoundException or DockerUnavailableException or BaseImageUnavailableException)
            {
                context.Log.Warning($"The image assembler stands in for docker: {((PipelineException)exception).What}");
            }
        }

        return await Assembler.RunAsync(context, cancellationToken).ConfigureAwait(false);
    }
}
