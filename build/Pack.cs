using Pipelines.Core;

namespace Build;

/// <summary>Packs the library, and checks that each package is there with its symbols.</summary>
internal sealed record Pack(string Solution) : IStage<PackedVersion>, IDescribedStage
{
    private static readonly string[] Packages = ["Pipelines.Core", "Pipelines.Sandbox", "Pipelines.Templates"];

    public string Description => "dotnet pack to artifacts/packages";

    public async Task<PackedVersion> RunAsync(StageContext context, CancellationToken cancellationToken)
    {
        string folder = Path.Combine(context.Run.Directory, "artifacts", "packages");
        foreach (string old in Directory.EnumerateFiles(folder, "*.*nupkg"))
            File.Delete(old);
        await new DotNet("pack", Solution, "--configuration", "Release", "--no-build", "--output", folder).RunAsync(context, cancellationToken);

        string first = Directory.GetFiles(folder, "Pipelines.Core.*.nupkg").Single();
        string version = Path.GetFileNameWithoutExtension(first)["Pipelines.Core.".Length..];
        string[] missing = [.. Packages.SelectMany(name => new[] { $"{name}.{version}.nupkg", $"{name}.{version}.snupkg" }).Where(file => !File.Exists(Path.Combine(folder, file)))];
        if (missing.Length > 0)
            throw new StageFailedException("Not everything was packed.", "missing: " + string.Join(", ", missing));
        context.Report("version", version);
        return new PackedVersion(folder, version);
    }
}
