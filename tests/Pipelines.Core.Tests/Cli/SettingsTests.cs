using System.Text.Json;

namespace Pipelines.Core.Tests.Cli;

public sealed class SettingsTests : IDisposable
{
    private readonly CliRun _run = new();
    private readonly SampleTemplate _template = new();

    public void Dispose() => _run.Dispose();

    [Fact]
    public async Task Load_EachSourceMore_WinsOverTheOnesBefore()
    {
        await Expect("default", "default");
        _template.Script["the.word"] = "script";
        await Expect("script", "the script");
        _run.Folder.Write("pipeline.yaml", "# comment\nthe:\n  word: file\n");
        await Expect("file", "pipeline.yaml:3");
        _run.Variables["PIPELINES_THE_WORD"] = "variable";
        await Expect("variable", "PIPELINES_THE_WORD");
        await Expect("option", "--set", "--set", "the.word=option");

        async Task Expect(string value, string source, params string[] arguments)
        {
            Assert.Equal(0, await _run.RunAsync(_template, ["settings", "--json", .. arguments]));
            JsonElement word = JsonDocument.Parse(_run.Output).RootElement.GetProperty("settings").EnumerateArray().First(setting => setting.GetProperty("key").GetString() == "the.word");
            Assert.Equal((value, source), (word.GetProperty("value").GetString(), word.GetProperty("source").GetString()));
        }
    }

    [Theory]
    [InlineData("the.wait=90s", "settings: default 3 90 0.5 False red")]
    [InlineData("the.wait=1h30m", "settings: default 3 5400 0.5 False red")]
    [InlineData("the.wait=00:10:00", "settings: default 3 600 0.5 False red")]
    [InlineData("the.wait=250ms", "settings: default 3 0.25 0.5 False red")]
    [InlineData("the.share=80%", "settings: default 3 600 0.8 False red")]
    [InlineData("the.share=0.8", "settings: default 3 600 0.8 False red")]
    [InlineData("the.flag=true", "settings: default 3 600 0.5 True red")]
    [InlineData("the.count=9", "settings: default 9 600 0.5 False red")]
    [InlineData("the.choice=blue", "settings: default 3 600 0.5 False blue")]
    [InlineData("the.word=a=b c", "settings: a=b c 3 600 0.5 False red")]
    public async Task Run_Format_IsRead(string assignment, string expected)
    {
        Assert.Equal(0, await _run.RunAsync(_template, "--set", assignment));
        Assert.Contains(expected, _run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("the.wait=0s")]
    [InlineData("the.wait=5")]
    [InlineData("the.wait=99999999999h")]
    [InlineData("the.wait=2000000000d")]
    [InlineData("the.wait=20d20d")]
    [InlineData("the.share=120%")]
    [InlineData("the.flag=yes")]
    [InlineData("the.count=10")]
    [InlineData("the.choice=green")]
    [InlineData("the.word=")]
    public async Task Run_WrongFormat_IsRefusedBeforeAnything(string assignment)
    {
        Assert.Equal(2, await _run.RunAsync(_template, "--set", assignment));
        Assert.Contains("A setting is wrong.", _run.Error, StringComparison.Ordinal);
        Assert.Empty(_run.Output);
    }

    [Fact]
    public async Task Run_EmptyVariable_IsLikeNone()
    {
        _run.Variables["PIPELINES_THE_WORD"] = "";
        Assert.Equal(0, await _run.RunAsync(_template));
        Assert.Contains("settings: default", _run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Settings_Text_IsAlignedAndNamesSources()
    {
        Assert.Equal(0, await _run.RunAsync(_template, "settings", "--set", "the.count=5"));
        string[] lines = _run.Output.TrimEnd().Split('\n');
        Assert.Equal(8, lines.Length);
        Assert.Contains("the.count      5            [--set] a number", lines);
        Assert.Contains("the.token      env://TOKEN  a secret", lines);
    }

    [Fact]
    public async Task Run_SettingsOfAPlanWithout_AreRefused()
    {
        var pipeline = new PipelineBuilder("bare");
        pipeline.Add("one", (_, _) => Task.CompletedTask);
        Assert.Equal(2, await _run.RunAsync(pipeline.Build(), "--set", "a=b"));
        Assert.Contains("has no settings", _run.Error, StringComparison.Ordinal);
    }
}
