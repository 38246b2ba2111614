using System.Diagnostics;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE004, by MSBuild itself: the targets of the package, imported as NuGet imports them.</summary>
public sealed class PinnedVersionTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("pipelines-test-").FullName;

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task Check_EachFormOfAVersion_TellsOfThoseThatAreNotExact()
    {
        Project("pinned", """<PackageReference Include="Pipelines.Templates" Version="[1.0.0]" />""");
        Project("minimum", """<PackageReference Include="Pipelines.Templates" Version="1.0.0" />""");
        Project("floating", """<PackageReference Include="Pipelines.Core" Version="1.*" />""");
        Project("range", """<PackageReference Include="Pipelines.Sandbox" Version="[1.0,2.0)" />""");
        Project("floating-in-brackets", """<PackageReference Include="Pipelines.Core" Version="[1.*]" />""");
        Project("others", """<PackageReference Include="Pipelines.Sockets.Unofficial" Version="2.2.8" /><ProjectReference Include="Pipelines.Core.csproj" />""");
        Project("central-pinned", """<PackageReference Include="Pipelines.Templates" /><PackageVersion Include="Pipelines.Templates" Version="[1.0.0]" />""", isCentral: true);
        Project("central-loose", """<PackageReference Include="Pipelines.Templates" /><PackageVersion Include="Pipelines.Templates" Version="1.0.0" />""", isCentral: true);
        Project("central-override", """<PackageReference Include="Pipelines.Templates" VersionOverride="2.0.0" /><PackageVersion Include="Pipelines.Templates" Version="[1.0.0]" />""", isCentral: true);
        Project("central-pinned-override", """<PackageReference Include="Pipelines.Templates" VersionOverride="[2.0.0]" /><PackageVersion Include="Pipelines.Templates" Version="1.0.0" />""", isCentral: true);

        string output = await BuildAsync();
        string[] told = [.. output.Split('\n').Where(line => line.Contains("warning PIPE004", StringComparison.Ordinal)).Select(line => line[(line.IndexOf("PIPE004: ", StringComparison.Ordinal) + 9)..].Split(',')[0]).Distinct().Order(StringComparer.Ordinal)];
        Assert.Equal(
            [
                "Pipelines.Core has the version '1.*'",
                "Pipelines.Core has the version '[1.*]'",
                "Pipelines.Sandbox has the version '[1.0",
                "Pipelines.Templates has the version '1.0.0'",
                "Pipelines.Templates has the version '2.0.0'",
            ],
            told);
        Assert.Contains("minimum.proj", output, StringComparison.Ordinal);
        Assert.Contains("Directory.Packages.props", output, StringComparison.Ordinal); // where the loose central version is written
        Assert.Contains("Version=\"[1.0.0]\"", output, StringComparison.Ordinal);
    }

    private void Project(string name, string items, bool isCentral = false) => File.WriteAllText(Path.Combine(_folder, name + ".proj"), $"""
        <Project>
          <PropertyGroup>
            <ManagePackageVersionsCentrally>{isCentral}</ManagePackageVersionsCentrally>
            <DirectoryPackagesPropsPath>{Path.Combine(_folder, "Directory.Packages.props")}</DirectoryPackagesPropsPath>
          </PropertyGroup>
          <ItemGroup>{items}</ItemGroup>
          <Import Project="{Targets()}" />
        </Project>
        """);

    /// <summary>All at once: starting MSBuild takes longer than the check.</summary>
    private async Task<string> BuildAsync()
    {
        string all = Path.Combine(_folder, "all.msbuild");
        await File.WriteAllTextAsync(all, """<Project><ItemGroup><One Include="*.proj" /></ItemGroup><Target Name="All"><MSBuild Projects="@(One)" Targets="CheckPipelinesVersions" /></Target></Project>""");
        using var process = Process.Start(new ProcessStartInfo("dotnet", ["msbuild", all, "-t:All", "-nologo", "-nodeReuse:false", "-maxCpuCount:1"]) { RedirectStandardOutput = true, WorkingDirectory = _folder })!;
        string output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, output);
        return output;
    }

    private static string Targets()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
            if (File.Exists(Path.Combine(folder.FullName, "Pipelines.sln")))
                return Path.Combine(folder.FullName, "src", "Pipelines.Core", "buildTransitive", "Pipelines.Core.targets");
        throw new InvalidOperationException("The tests must run from inside the repository: no folder above them holds Pipelines.sln.");
    }
}
