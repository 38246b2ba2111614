using Pipelines.Core.Stages.Test;
using Pipelines.Core.Tools.Go;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Test;

public sealed class OtherLanguagesTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingContext _context;

    public OtherLanguagesTests() => _context = new RecordingContext(_directory.Path);

    public void Dispose() => _directory.Dispose();

    private void Script(string path, string content) =>
        File.SetUnixFileMode(_directory.Write(path, "#!/bin/sh\n" + content), UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);

    private static bool IsInstalled(string program) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Any(folder => File.Exists(Path.Combine(folder, program)));

    // Node

    [Fact]
    public async Task Node_RealTestRunner_CountsAndNamesFailures()
    {
        Assert.SkipUnless(IsInstalled("npm") && IsInstalled("node"), "needs Node.js");
        _directory.Write("package.json", """{"name":"x","version":"1.0.0","scripts":{"test":"node --test test/"}}""");
        _directory.Write("test/a.test.js", "const {test} = require('node:test'); const assert = require('node:assert');\ntest('ok', () => {}); test('later', {skip: true}, () => {});\n");
        TestResults results = await new NodeTests().RunAsync(_context.Context, TestContext.Current.CancellationToken);
        Assert.Equal((1, 0, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal("1 passed, 1 skipped", _context.Fact("tests"));

        _directory.Write("test/b.test.js", "const {test} = require('node:test'); const assert = require('node:assert');\ntest('adds', () => assert.strictEqual(1, 2));\n");
        TestsFailedException error = await Assert.ThrowsAsync<TestsFailedException>(() => new NodeTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Equal((1, 1), (error.Results.Passed, error.Results.Failed));
        Assert.Contains("adds", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"scripts":{}}""", "no test script")]
    [InlineData("""{"scripts":{"test":"echo \"Error: no test specified\" && exit 1"}}""", "no test script")]
    public async Task Node_NoTestScript_IsNeverASuccess(string package, string reason)
    {
        _directory.Write("package.json", package);
        Assert.Contains(reason, (await Assert.ThrowsAsync<NoTestsFoundException>(() => new NodeTests().RunAsync(_context.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_UnknownRunner_SaysHowToCount()
    {
        _directory.Write("package.json", """{"scripts":{"test":"./run-tests.sh"}}""");
        Assert.Contains("NodeTests.Report", (await Assert.ThrowsAsync<TestReportException>(() => new NodeTests().RunAsync(_context.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Node_BrokenPackageFile_SaysSo()
    {
        _directory.Write("package.json", "{");
        await Assert.ThrowsAsync<InvalidUsageException>(() => new NodeTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
    }

    // Maven and Gradle, by wrappers that print what the tools leave

    [Theory]
    [InlineData("mvnw", "target/surefire-reports")]
    [InlineData("gradlew", "build/test-results/test")]
    public async Task Jvm_ReportsOfEveryModule_AreCountedAndStaleOnesAreNot(string wrapper, string reports)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        _directory.Write($"{reports}/TEST-stale.xml", "<testsuite><testcase name=\"stale\"><failure/></testcase></testsuite>");
        Script(wrapper, $"mkdir -p '{reports}' 'core/{reports}'\necho '<testsuite><testcase classname=\"A\" name=\"a\"/></testsuite>' > '{reports}/TEST-A.xml'\necho '<testsuite><testcase classname=\"B\" name=\"b\"/></testsuite>' > 'core/{reports}/TEST-B.xml'\n");
        IStage<TestResults> stage = wrapper == "mvnw" ? new MavenTests() : new GradleTests();
        TestResults results = await stage.RunAsync(_context.Context, TestContext.Current.CancellationToken);
        Assert.Equal((2, 0), (results.Passed, results.Failed));
    }

    [Fact]
    public async Task Maven_BuildThatDoesNotCompile_FailsWithItsLastLines()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        _directory.Write("mvnw", "#!/bin/sh\necho '[ERROR] COMPILATION ERROR'\nexit 1\n"); // not executable, as after a checkout on Windows
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => new MavenTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("COMPILATION ERROR", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Maven_TestsPassButBuildFails_IsAFailure()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        Script("mvnw", "mkdir -p target/surefire-reports\necho '<testsuite><testcase name=\"a\"/></testsuite>' > target/surefire-reports/TEST-A.xml\nexit 1\n");
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => new MavenTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("something beside the tests failed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gradle_TruncatedReport_IsAnError()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "needs sh");
        Script("gradlew", "mkdir -p build/test-results/test\nprintf '<testsuite><testcase name=' > build/test-results/test/TEST-A.xml\n");
        Assert.Contains("TEST-A.xml", (await Assert.ThrowsAsync<TestReportException>(() => new GradleTests().RunAsync(_context.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Gradle_NotInstalled_SaysHowToInstall()
    {
        Assert.SkipWhen(IsInstalled("gradle"), "Gradle is installed");
        Assert.Contains("https://gradle.org", (await Assert.ThrowsAsync<ToolNotFoundException>(() => new GradleTests().RunAsync(_context.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    // .NET

    [Fact]
    public async Task DotNet_ProjectsWithoutTests_AreNamed()
    {
        _directory.Write("src/Service/Service.csproj", "<Project Sdk=\"Microsoft.NET.Sdk\" />");
        NoTestsFoundException error = await Assert.ThrowsAsync<NoTestsFoundException>(() => new DotNetTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("src/Service/Service.csproj", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task DotNet_TwoSolutions_AreAmbiguous()
    {
        foreach (string name in (string[])["a.slnx", "b.slnx"])
            _directory.Write(name, """<Solution><Project Path="src/A/A.csproj" /></Solution>""");
        Assert.Contains("DotNetTests.Project", (await Assert.ThrowsAsync<InvalidUsageException>(() => new DotNetTests().RunAsync(_context.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    // Go: events as `go test -json` of Go 1.24 prints them

    [Fact]
    public void Go_Events_CountSubtestsAndPackagesThatDoNotCompile()
    {
        IReadOnlyList<GoTest> tests = GoTest.Read("""
            {"Action":"start","Package":"m/a"}
            {"Action":"run","Package":"m/a","Test":"TestTable"}
            {"Action":"run","Package":"m/a","Test":"TestTable/one"}
            {"Action":"output","Package":"m/a","Test":"TestTable/one","Output":"    a_test.go:9: got 1\n"}
            {"Action":"fail","Package":"m/a","Test":"TestTable/one","Elapsed":0.5}
            {"Action":"pass","Package":"m/a","Test":"TestTable/two","Elapsed":0}
            {"Action":"fail","Package":"m/a","Test":"TestTable","Elapsed":0.5}
            {"Action":"pass","Package":"m/a","Test":"TestPlain","Elapsed":0}
            {"Action":"skip","Package":"m/a","Test":"TestLater","Elapsed":0}
            {"Action":"fail","Package":"m/a","Elapsed":1}
            {"ImportPath":"m/b [m/b.test]","Action":"build-output","Output":"b.go:3: undefined: x\n"}
            {"Action":"fail","Package":"m/b","Elapsed":0,"FailedBuild":"m/b [m/b.test]"}
            {"Action":"skip","Package":"m/c","Elapsed":0}
            """, _ => { });
        Assert.Equal(
            ["m/a.TestTable/one fail", "m/a.TestTable/two pass", "m/a.TestPlain pass", "m/a.TestLater skip", "m/b fail"],
            tests.Select(test => $"{test.Name} {test.Action}"));
        Assert.Equal("    a_test.go:9: got 1\n", tests[0].Output);
    }

    // The service's own language

    [Fact]
    public async Task Service_ToolMissing_FailsLiveAndSaysSoInTheSandbox()
    {
        Assert.SkipWhen(IsInstalled("gradle"), "Gradle is installed");
        _directory.Write("build.gradle", "");
        await Assert.ThrowsAsync<ToolNotFoundException>(() => new ServiceTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        var sandbox = new RecordingContext(_directory.Path, RunMode.Sandbox);
        Assert.Equal(0, (await new ServiceTests().RunAsync(sandbox.Context, TestContext.Current.CancellationToken)).Total);
        Assert.Equal("not run: 'gradle' is not installed (sandbox)", sandbox.Fact("tests"));
        Assert.Contains(sandbox.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("did NOT run", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Service_GivenLanguage_IsNotLookedFor()
    {
        _directory.Write("package.json", "{}");
        _directory.Write("pyproject.toml", "");
        await Assert.ThrowsAsync<NoTestsFoundException>(() => new ServiceTests { Language = ServiceLanguage.Node }.RunAsync(_context.Context, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<InvalidUsageException>(() => new ServiceTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
    }
}
