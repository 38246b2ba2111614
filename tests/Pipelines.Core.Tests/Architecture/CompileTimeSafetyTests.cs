using Microsoft.CodeAnalysis;

namespace Pipelines.Core.Tests.Architecture;

/// <summary>The compiler refuses an unsafe pipeline: these scripts are compiled as a user's would be.</summary>
public class CompileTimeSafetyTests
{
    private const string Good = """
        using Pipelines.Core;
        DeploymentEnvironment staging = new() { Name = "staging", App = "a", Manifest = new ManifestTarget { Repository = "r", File = "s.yaml" } };
        DeploymentEnvironment prod = new() { Name = "prod", App = "a", Manifest = new ManifestTarget { Repository = "r", File = "p.yaml" }, IsProtected = true };
        var pipeline = new PipelineBuilder("order-service");
        var tests = pipeline.Add("unit tests", new Pytest("tests/"));
        var image = pipeline.Add("build image", new DockerBuild("registry.example.com/order-service")).After(tests);
        var scanned = pipeline.Add("scan image", new TrivyImageScan(), image);
        var pushed = pipeline.Add("push image", new PushImage(), scanned);
        var deployed = pipeline.Add("deploy staging", new DeployManifest(staging), pushed);
        var proven = pipeline.Add("smoke staging", new SmokeTest("https://staging.example.com/health"), deployed);
        var approval = pipeline.Add("approve", new AskSomebody());
        var inProd = pipeline.Add("deploy prod", new DeployManifest(prod), pushed, proven, approval);
        var count = pipeline.Add("count", (context, ct) => Task.FromResult(1));
        pipeline.Add("migrate", image, (value, context, ct) => Task.CompletedTask).When(run => run.IsCi).WithRetry(3).WithTimeout(TimeSpan.FromMinutes(1)).Lock("db").Always();
        pipeline.Add("throws", (context, ct) => throw new StageFailedException("no"));
        pipeline.Add("three", image, scanned, pushed, async (a, b, c, context, ct) => { await Task.Yield(); return a.Id + b.Scan + c.Digest; });
        // HERE
        PipelinePlan plan = pipeline.Build();
        return await PipelineApp.RunAsync(plan, args);

        sealed record AskSomebody : IStage<Approval>
        {
            public Task<Approval> RunAsync(StageContext context, CancellationToken cancellationToken) => throw new NotSupportedException();
        }
        """;

    [Fact]
    public void GoodPipeline_Compiles() => Assert.Empty(Errors(""));

    [Theory]
    // An image that was not scanned cannot be pushed, one that was not pushed cannot be deployed.
    [InlineData("pipeline.Add(\"x\", new PushImage(), image);")]
    [InlineData("pipeline.Add(\"x\", new DeployManifest(staging), scanned);")]
    [InlineData("pipeline.Add(\"x\", new DeployManifest(staging), image);")]
    [InlineData("pipeline.Add(\"x\", new SmokeTest(\"https://example.com\"), pushed);")]
    // Prod takes what was proven elsewhere and approved.
    [InlineData("pipeline.Add(\"x\", new DeployManifest(prod), pushed, proven);")]
    [InlineData("pipeline.Add(\"x\", new DeployManifest(prod), pushed, approval);")]
    [InlineData("pipeline.Add(\"x\", new DeployManifest(prod), pushed, deployed, approval);")]
    [InlineData("pipeline.Add(\"x\", new DeployManifest(prod), pushed, proven, proven);")]
    // Evidence cannot be made by hand.
    [InlineData("_ = new ScannedImage(null!, null!);")]
    [InlineData("_ = new Approval(\"sha256:0\", \"prod\", \"me\", null, default);")]
    [InlineData("ProvenDeployment forged = new();")]
    [InlineData("pipeline.Add(\"x\", pushed, (value, context, ct) => Task.FromResult(value with { Digest = \"sha256:0\" }));")]
    [InlineData("pipeline.Add(\"x\", deployed, (value, context, ct) => Task.FromResult(value with { Environment = prod }));")]
    [InlineData("_ = new StageOutcome.Succeeded(null);")]
    // A secret goes nowhere that people or processes can read.
    [InlineData("string text = Secret.Of(\"x\", \"here\");")]
    [InlineData("string text = Secret.Of(\"x\", \"here\").Reveal();")]
    [InlineData("_ = new Command(\"curl\", Secret.Of(\"x\", \"here\"));")]
    [InlineData("_ = new Command(\"curl\").WithArguments(Secret.Of(\"x\", \"here\"));")]
    [InlineData("_ = new DockerBuild(\"r.example.com/a\") { BuildArguments = new Dictionary<string, string> { [\"TOKEN\"] = Secret.Of(\"x\", \"here\") } };")]
    [InlineData("_ = new DockerBuild(\"r.example.com/a\") { Labels = new Dictionary<string, string> { [\"TOKEN\"] = Secret.Of(\"x\", \"here\") } };")]
    // Edges are handles, never names.
    [InlineData("pipeline.Add(\"x\", new PushImage(), \"scan image\");")]
    [InlineData("pipeline.Add(\"x\", (context, ct) => Task.CompletedTask).After(\"scan image\");")]
    public void UnsafeLine_DoesNotCompile(string line)
    {
        IReadOnlyList<string> errors = Errors(line);
        Assert.NotEmpty(errors);

        // Errors of a mere typing mistake in this test (an unknown name, a missing bracket) would prove nothing.
        Assert.All(errors, error => Assert.DoesNotContain(error, new[] { "CS0103", "CS0246", "CS1002", "CS1026", "CS1513" }));
    }

    private static string[] Errors(string line)
    {
        var compilation = Roslyn.Compile("Script", new Dictionary<string, string> { ["Program.cs"] = Good.Replace("// HERE", line, StringComparison.Ordinal) }, OutputKind.ConsoleApplication, withoutOurs: false);
        return [.. compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => line.Length == 0 ? one.ToString() : one.Id).Distinct()];
    }
}
