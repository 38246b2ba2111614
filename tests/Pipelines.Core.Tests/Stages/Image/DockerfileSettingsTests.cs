using Pipelines.Core.Stages.Image;

namespace Pipelines.Core.Tests.Stages.Image;

public class DockerfileSettingsTests
{
    [Fact]
    public void Parse_SeveralStages_LastOneCountsWithWhatItInherits()
    {
        var settings = DockerfileSettings.Parse("""
            # syntax=docker/dockerfile:1
            ARG VERSION=3.12
            FROM python:${VERSION} AS build
            ENV A=1 B="two words" C=t\ hree
            WORKDIR /src
            CMD ["build"]
            FROM other AS unused
            ENV X=1
            from build
            ENV OLD form of it
            WORKDIR sub
            EXPOSE 80 53/UDP
            RUN <<EOF
            ENV NOT=this
            EOF
            LABEL a="1" \
                  # a comment between
                  b=$A
            USER app:app
            CMD python -m app
            """);
        Assert.Equal(["A=1", "B=two words", "C=t hree", "OLD=form of it"], settings.Environment);
        Assert.Equal("/src/sub", settings.WorkingDirectory);
        Assert.Equal(["53/udp", "80/tcp"], settings.Ports);
        Assert.Equal(new Dictionary<string, string> { ["a"] = "1", ["b"] = "1" }, settings.Labels);
        Assert.Equal("app:app", settings.User);
        Assert.Equal(["/bin/sh", "-c", "python -m app"], settings.Command);
        Assert.Empty(settings.Entrypoint);
    }

    [Fact]
    public void Parse_EntrypointAfterInheritedCommand_TakesTheCommandAway()
    {
        var settings = DockerfileSettings.Parse("FROM a AS b\nCMD [\"x\"]\nFROM b\nENTRYPOINT [\"y\"]\n");
        Assert.Equal(["y"], settings.Entrypoint);
        Assert.Empty(settings.Command);
    }

    [Theory]
    [InlineData("**/*.pyc", "a/b/c.pyc", true)]
    [InlineData("**/*.pyc", "c.pyc", true)]
    [InlineData("*.pyc", "a/c.pyc", false)]
    [InlineData("build", "build/x/y", true)]
    [InlineData("/build/", "build/x", true)]
    [InlineData("build", "src/build/x", false)]
    [InlineData("**/build", "src/build/x", true)]
    [InlineData("# build", "# build", false)]
    [InlineData("a?c", "abc", true)]
    [InlineData("a[0-9]", "a7", true)]
    [InlineData("docs/**", "docs/a/b", true)]
    [InlineData("*\n!src\nsrc/x", "src/y", false)]
    [InlineData("*\n!src\nsrc/x", "src/x", true)]
    [InlineData("*\n!src", "other", true)]
    [InlineData("*.md\n!README.md", "README.md", false)]
    [InlineData("a.c", "abc", false)]
    public void Excludes_Pattern_IsAsDockerHasIt(string patterns, string path, bool excluded) => Assert.Equal(excluded, new IgnoreList(patterns.Split('\n')).Excludes(path));
}
