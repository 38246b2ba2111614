using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers.Tests;

/// <summary>PIPE003.</summary>
public class BuildArgumentTests
{
    [Theory]
    [InlineData("new Dictionary<string, string> { [\"NPM_TOKEN\"] = value }", "PIPE003 \"NPM_TOKEN\"")]
    [InlineData("new Dictionary<string, string> { { \"NPM_TOKEN\", value } }", "PIPE003 \"NPM_TOKEN\"")]
    [InlineData("new Dictionary<string, string> { [\"OTHER\"] = Environment.GetEnvironmentVariable(\"NPM_TOKEN\")! }", "PIPE003 Environment.GetEnvironmentVariable(\"NPM_TOKEN\")")]
    public async Task BuildArguments_WithASecret_IsAWarning(string arguments, string expected) => Assert.Equal([expected], await Snippet.DiagnoseAsync(Build(arguments)));

    [Theory]
    [InlineData("new Dictionary<string, string> { [\"VERSION\"] = value }")]
    [InlineData("new Dictionary<string, string> { [\"TOKEN_FILE\"] = value }")]
    public async Task BuildArguments_WithoutASecret_IsNone(string arguments) => Assert.Empty(await Snippet.DiagnoseAsync(Build(arguments)));

    [Fact]
    public async Task BuildArguments_Message_NamesTheBuildSecret()
    {
        Diagnostic diagnostic = await Snippet.DiagnoseOneAsync(Build("new Dictionary<string, string> { [\"NPM_TOKEN\"] = value }"));
        Assert.Contains("--mount=type=secret,id=NPM_TOKEN", diagnostic.GetMessage(null), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Setting_WithASecretsName_IsAWarning() =>
        Assert.Equal(["PIPE003 \"VERSION=1,NPM_TOKEN=x\""], await Snippet.DiagnoseAsync("var settings = new Dictionary<string, string> { [\"image.build-args\"] = \"VERSION=1,NPM_TOKEN=x\" };"));

    private static string Build(string arguments) =>
        $"class X {{ object Y(string value) => new DockerBuild(ImageReference.Parse(\"registry.example.com/app\")) {{ BuildArguments = {arguments} }}; }}";
}
