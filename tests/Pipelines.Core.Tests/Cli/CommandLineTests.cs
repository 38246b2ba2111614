using Pipelines.Core.Cli.CommandLine;

namespace Pipelines.Core.Tests.Cli;

public sealed class CommandLineTests
{
    [Fact]
    public void Parse_EveryOptionOfRun_IsRead()
    {
        CliRequest request = Parse("run", "--sandbox", "--set", "a=b", "--set", "c=d", "--stage", "one", "--stage", "two", "--jobs", "3", "--fail-fast", "--output", "json", "--directory", "x", "--sandbox-fault", "smoke,slack", "--sandbox-fault", "registry");
        Assert.Equal((CliCommand.Run, RunMode.Sandbox, 3, true, OutputStyle.Json, "x"), (request.Command, request.Mode, request.Jobs, request.FailFast, request.Output, request.Directory));
        Assert.Equal(["a=b", "c=d"], request.Assignments);
        Assert.Equal(["one", "two"], request.Stages);
        Assert.Equal(["smoke", "slack", "registry"], request.SandboxFaults);
    }

    [Fact]
    public void Parse_OptionsWithoutACommand_AreThoseOfRun()
    {
        CliRequest request = Parse("--live", "-j", "2", "-o", "plain", "-C", "y");
        Assert.Equal((CliCommand.Run, RunMode.Live, 2, OutputStyle.Plain, "y"), (request.Command, request.Mode, request.Jobs, request.Output, request.Directory));
    }

    [Theory]
    [InlineData("plan --json", CliCommand.Plan)]
    [InlineData("doctor --json --live", CliCommand.Doctor)]
    [InlineData("settings --json --set a=b", CliCommand.Settings)]
    public void Parse_Json_IsReadByEveryCommandForPrograms(string line, object command)
    {
        CliRequest request = Parse(line.Split(' '));
        Assert.Equal(((CliCommand)command, true), (request.Command, request.Json));
    }

    [Theory]
    [InlineData("graph", GraphFormat.Mermaid)]
    [InlineData("graph --format mermaid", GraphFormat.Mermaid)]
    [InlineData("graph --format DOT", GraphFormat.Dot)]
    public void Parse_GraphFormat_IsRead(string line, object format) => Assert.Equal((GraphFormat)format, Parse(line.Split(' ')).GraphFormat);

    [Fact]
    public void Parse_SandboxFault_MeansTheSandbox() => Assert.Equal(RunMode.Sandbox, Parse("--sandbox-fault", "smoke").Mode);

    [Theory]
    [InlineData("--sandbx", "There is no option '--sandbx'. Did you mean '--sandbox'?")]
    [InlineData("--stge=secret", "There is no option '--stge'. Did you mean '--stage'?")]
    [InlineData("paln", "There is no command 'paln'. Did you mean 'plan'?")]
    [InlineData("plan --jobs 3", "There is no option '--jobs'.")]
    [InlineData("--jobs many", "--jobs: 'many' is no number of stages.")]
    [InlineData("--jobs 0", "--jobs: '0' is no number of stages.")]
    [InlineData("--output jsn", "--output: 'jsn' is none of plain, live, json. Did you mean 'json'?")]
    [InlineData("graph --format svg", "--format: 'svg' is none of mermaid, dot.")]
    [InlineData("--live --sandbox", "--live does not go with --sandbox")]
    [InlineData("--live --sandbox-fault smoke", "--live does not go with --sandbox")]
    [InlineData("--stage", "Required argument missing for option: '--stage'.")]
    public void Parse_Wrong_SaysWhatToWrite(string line, string message)
    {
        InvalidUsageException exception = Assert.Throws<InvalidUsageException>(() => Parse(line.Split(' ')));
        Assert.Contains(message, exception.Message, StringComparison.Ordinal);
        Assert.NotNull(exception.Advice);
        Assert.DoesNotContain("secret", exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("Required command", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help", "Print every setting")]
    [InlineData("run --help", "--sandbox-fault")]
    [InlineData("plan -h", "--json")]
    [InlineData("graph --help", "--format")]
    [InlineData("doctor --help", "--live")]
    [InlineData("settings --help", "--set")]
    [InlineData("--version", "Pipelines 1.")]
    public async Task RunAsync_HelpAndVersion_ArePrintedWithExitCode0(string line, string expected)
    {
        using var run = new CliRun();
        Assert.Equal(0, await run.RunAsync(new SampleTemplate(), line.Split(' ')));
        Assert.Contains(expected, run.Output, StringComparison.Ordinal);
        Assert.Empty(run.Error);
        Assert.False(Directory.Exists(Path.Combine(run.Folder.Path, ".pipelines")));
    }

    [Fact]
    public async Task RunAsync_NoSuchDirectory_IsRefused()
    {
        using var run = new CliRun();
        Assert.Equal(2, await run.RunAsync(new SampleTemplate(), "-C", "nowhere"));
        Assert.Contains("--directory: there is no folder", run.Error, StringComparison.Ordinal);
    }

    private static CliRequest Parse(params string[] arguments) => new CommandLineParser("sample", TextWriter.Null).Parse(arguments)!;
}
