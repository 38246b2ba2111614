using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers;

/// <summary>The types of the library that rules ask about; null where the program does not reference them.</summary>
internal sealed class PipelineTypes(Compilation compilation)
{
    public INamedTypeSymbol? Secret { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.Secret");

    public INamedTypeSymbol? StageLog { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.StageLog");

    public INamedTypeSymbol? StageContext { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.StageContext");

    public INamedTypeSymbol? Command { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.Command");

    public INamedTypeSymbol? CommandExtensions { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.CommandExtensions");

    public INamedTypeSymbol? DockerBuild { get; } = compilation.GetTypeByMetadataName("Pipelines.Core.DockerBuild");

    public INamedTypeSymbol? Exception { get; } = compilation.GetTypeByMetadataName("System.Exception");

    public INamedTypeSymbol? Console { get; } = compilation.GetTypeByMetadataName("System.Console");

    public INamedTypeSymbol? Environment { get; } = compilation.GetTypeByMetadataName("System.Environment");

    public INamedTypeSymbol? File { get; } = compilation.GetTypeByMetadataName("System.IO.File");

    public INamedTypeSymbol? ProcessStartInfo { get; } = compilation.GetTypeByMetadataName("System.Diagnostics.ProcessStartInfo");

    public static bool Are(ISymbol? left, ISymbol? right) => left is not null && SymbolEqualityComparer.Default.Equals(left, right);
}
