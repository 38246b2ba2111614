using System.Text;
using Pipelines.Core.Tests.Secrets;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Cli;

/// <summary>Whatever a stage says, and however it fails, no sink shows a secret: console, stage logs, events, summary, JUnit, HTML, and the errors that end the program.</summary>
public sealed class SecretSinksTests : IDisposable
{
    private const string Value = "sink-s3cr3t <&'\"value";

    private readonly CliRun _cli = new();

    public SecretSinksTests() => _cli.Variables["SINK_TOKEN"] = Value;

    public void Dispose() => _cli.Dispose();

    [Theory]
    [InlineData("plain")]
    [InlineData("json")]
    [InlineData("live")]
    public async Task Run_StageSaysItsSecretEverywhere_NoSinkShowsIt(string output)
    {
        var pipeline = new PipelineBuilder("sinks");
        pipeline.Add("says", async (context, cancellationToken) =>
        {
            string secret = (await context.Secrets.GetAsync(SecretReference.Parse("env://SINK_TOKEN"), cancellationToken)).Reveal();
            context.Log.Info("info " + secret);
            context.Log.Warning("warning " + Convert.ToBase64String(Encoding.UTF8.GetBytes("user:" + secret)));
            context.Log.Error("error " + Uri.EscapeDataString(secret));
            context.Report("fact", "fact " + secret);
            context.Report(new TestResults(2, 1, 0, TimeSpan.FromSeconds(1), [new TestFailure("test " + secret, "message " + secret, "details\n" + secret)]));
            string file = Path.Combine(context.Run.Directory, "print.txt");
            await File.WriteAllTextAsync(file, "printed " + secret + "\n", cancellationToken);
            await DummyTool.Command("print", file).RunAsync(context, cancellationToken);
            throw new InvalidOperationException("outer " + secret, new IOException("inner " + secret, new TimeoutException("innermost " + secret)));
        });
        pipeline.Add("tool", async (context, cancellationToken) =>
        {
            string secret = (await context.Secrets.GetAsync(SecretReference.Parse("env://SINK_TOKEN"), cancellationToken)).Reveal();
            string file = Path.Combine(context.Run.Directory, "fail.txt");
            await File.WriteAllTextAsync(file, "failed " + secret + "\n", cancellationToken);
            await DummyTool.Command("print", file, "3").RunAsync(context, cancellationToken);
        });
        int exitCode = await _cli.RunAsync(pipeline.Build(), "--live", "--output", output);
        Assert.Equal(1, exitCode);
        var sinks = Directory.GetFiles(_cli.RunFolder, "*", SearchOption.AllDirectories).ToDictionary(file => Path.GetRelativePath(_cli.RunFolder, file), File.ReadAllText);
        Assert.Superset(new HashSet<string> { "events.jsonl", "junit.xml", "summary.md", "report.html" }, sinks.Keys.ToHashSet());
        sinks["console"] = _cli.Output;
        sinks["errors"] = _cli.Error;
        Assert.All(sinks, sink =>
        {
            foreach ((string encoding, Func<string, string> encode) in MaskerReference.Encoders)
                Assert.False(sink.Value.Contains(encode(Value), StringComparison.Ordinal), $"{sink.Key} shows the secret ({encoding})");
            Assert.False(sink.Value.Contains("s3cr3t", StringComparison.Ordinal), $"{sink.Key} shows a part of the secret");
        });
        Assert.Contains("***", sinks["events.jsonl"], StringComparison.Ordinal);
        Assert.Contains("innermost ***", sinks["report.html"] + sinks["summary.md"] + sinks["junit.xml"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true, "error: what ***.")]
    [InlineData(false, "error: unexpected, please report it: System.InvalidOperationException: what ***")]
    public async Task Run_TemplateFailsWithItsSecret_ErrorLineIsMasked(bool isOurs, string expected)
    {
        int exitCode = await _cli.RunAsync(new FailingTemplate(isOurs), "--live");
        Assert.Equal(1, exitCode);
        Assert.StartsWith(expected, _cli.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("s3cr3t", _cli.Error + _cli.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_OnGitHub_SecretIsAnnouncedBeforeAnythingIsPrintedOfIt()
    {
        _cli.Variables["GITHUB_ACTIONS"] = "true";
        _cli.Variables["SINK_TOKEN"] = "first-line\nsecond-line";
        var pipeline = new PipelineBuilder("sinks");
        pipeline.Add("says", async (context, cancellationToken) =>
        {
            Secret secret = await context.Secrets.GetAsync(SecretReference.Parse("env://SINK_TOKEN"), cancellationToken);
            context.Log.Info("the secret is " + secret.Reveal());
        });
        Assert.Equal(0, await _cli.RunAsync(pipeline.Build(), "--live"));
        int announced = _cli.Output.IndexOf("::add-mask::second-line", StringComparison.Ordinal);
        Assert.InRange(announced, 0, _cli.Output.IndexOf("the secret is ***", StringComparison.Ordinal));
        Assert.Contains("::add-mask::first-line\n", _cli.Output.ReplaceLineEndings("\n"), StringComparison.Ordinal);
    }

    private sealed class FailingTemplate(bool isOurs) : PipelineTemplate
    {
        public override string Name => "failing";

        public override SettingsSchema Schema { get; } = new();

        public override IReadOnlyDictionary<string, string> Defaults { get; } = new Dictionary<string, string>();

        public override async Task<PipelinePlan> BuildAsync(TemplateContext context, CancellationToken cancellationToken)
        {
            string secret = (await context.Secrets.GetAsync(SecretReference.Parse("env://SINK_TOKEN"), cancellationToken)).Reveal();
            throw isOurs ? new StageFailedException($"what {secret}.", $"evidence {secret}", $"advice {secret}") : new InvalidOperationException("what " + secret, new IOException("inner " + secret));
        }
    }
}
