using Pipelines.Core.Stages.Test;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Test;

public sealed class ServiceDetectorTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Theory]
    [InlineData("pyproject.toml", ServiceLanguage.Python)]
    [InlineData("requirements-dev.txt", ServiceLanguage.Python)]
    [InlineData("setup.py", ServiceLanguage.Python)]
    [InlineData("setup.cfg", ServiceLanguage.Python)]
    [InlineData("Pipfile", ServiceLanguage.Python)]
    [InlineData("main.py", ServiceLanguage.Python)]
    [InlineData("tests/test_a.py", ServiceLanguage.Python)]
    [InlineData("package.json", ServiceLanguage.Node)]
    [InlineData("Service.csproj", ServiceLanguage.DotNet)]
    [InlineData("src/Service/Service.csproj", ServiceLanguage.DotNet)]
    [InlineData("pom.xml", ServiceLanguage.Maven)]
    [InlineData("build.gradle", ServiceLanguage.Gradle)]
    [InlineData("build.gradle.kts", ServiceLanguage.Gradle)]
    [InlineData("go.mod", ServiceLanguage.Go)]
    public void Detect_OneMarker_GivesLanguageAndEvidence(string file, ServiceLanguage language)
    {
        _directory.Write(file, "");
        _directory.Write("build/build.csproj", """<Project><ItemGroup><PackageReference Include="Pipelines.Templates" Version="[1.0.0]" /></ItemGroup></Project>""");
        Assert.Equal(new DetectedService(language, file), ServiceDetector.Detect(_directory.Path));
    }

    [Fact]
    public void Detect_OnlyThePipelinesOwnProject_IsNoDotNetService()
    {
        const string project = """<Project><ItemGroup><ProjectReference Include="../src/Pipelines.Templates/Pipelines.Templates.csproj" /></ItemGroup></Project>""";
        _directory.Write("build/build.csproj", project);
        _directory.Write("pipeline/pipeline.csproj", project);
        _directory.Write("all.sln", "Project(\"{9A19103F}\") = \"build\", \"build\\build.csproj\", \"{1}\"\nProject(\"{9A19103F}\") = \"p\", \"pipeline\\pipeline.csproj\", \"{2}\"\n");
        Assert.Throws<InvalidUsageException>(() => ServiceDetector.Detect(_directory.Path));
        _directory.Write("service.slnx", """<Solution><Project Path="src/Service/Service.csproj" /><Project Path="build/build.csproj" /></Solution>""");
        Assert.Equal(new DetectedService(ServiceLanguage.DotNet, "service.slnx"), ServiceDetector.Detect(_directory.Path));
    }

    [Fact]
    public void Detect_TwoLanguages_NamesBothAndTheSetting()
    {
        _directory.Write("package.json", "{}");
        _directory.Write("pyproject.toml", "");
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => ServiceDetector.Detect(_directory.Path));
        Assert.Contains("Python  because of pyproject.toml", error.Message, StringComparison.Ordinal);
        Assert.Contains("Node    because of package.json", error.Message, StringComparison.Ordinal);
        Assert.Contains("Set tests.language to one of: python, node.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Detect_ScriptBesideAProject_IsNotAmbiguous()
    {
        _directory.Write("go.mod", "");
        _directory.Write("release.py", "");
        Assert.Equal(ServiceLanguage.Go, ServiceDetector.Detect(_directory.Path).Language);
    }

    [Fact]
    public void Detect_Nothing_NamesWhatWasLookedFor()
    {
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => ServiceDetector.Detect(_directory.Path));
        foreach (string name in (string[])["pyproject.toml", "package.json", "*.csproj", "pom.xml", "build.gradle", "go.mod", "tests.language", _directory.Path])
            Assert.Contains(name, error.Message, StringComparison.Ordinal);
    }
}
