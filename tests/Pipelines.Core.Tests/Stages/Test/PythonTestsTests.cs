using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Test;

/// <summary>Real Pythons: one of the system with pytest where that is installed, and one that has none.</summary>
public sealed class PythonTestsTests : IDisposable
{
    private const string Passing =
        """
        import unittest
        from shop import add, sub

        class ShopTests(unittest.TestCase):
            def test_add(self):
                self.assertEqual(3, add(1, 2))

            @unittest.skip("later")
            def test_later(self):
                pass
        """;

    private readonly TemporaryDirectory _directory = new();
    private readonly RecordingContext _context;

    public PythonTestsTests()
    {
        _context = new RecordingContext(_directory.Path);
        _directory.Write("shop.py", "def add(a, b):\n    return a + b\n\n\ndef sub(a, b):\n    c = a\n    return c - b\n");
    }

    public void Dispose() => _directory.Dispose();

    /// <summary>A <c>.venv</c> whose Python is the given one, with the given lines of shell before it.</summary>
    private void UsePython(bool withPytest)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "needs /usr/bin/python3");
        if (withPytest)
            Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/pytest_cov"), "needs apt-get install python3-pytest python3-pytest-cov");
        string python = _directory.Write(".venv/bin/python", withPytest ? "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n" : "#!/bin/sh\nexec /usr/bin/python3 -S \"$@\"\n"); // -S: without the packages of the system
        File.SetUnixFileMode(python, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string[] Files() =>
        [.. Directory.EnumerateFiles(_directory.Path, "*", SearchOption.AllDirectories).Select(file => Path.GetRelativePath(_directory.Path, file)).Where(file => !file.StartsWith('.')).Order(StringComparer.Ordinal)];

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_PassingTests_CountsThemAndLeavesTheCheckoutClean(bool withPytest)
    {
        UsePython(withPytest);
        _directory.Write("tests/test_shop.py", Passing);
        TestResults results = await new PythonTests().RunAsync(_context.Context, TestContext.Current.CancellationToken);
        Assert.Equal((1, 0, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal(withPytest ? "1 passed, 1 skipped, coverage 60 %" : "1 passed, 1 skipped", _context.Fact("tests"));
        Assert.Single(_context.Reports.OfType<StageReport.Tests>());
        Assert.Contains(withPytest ? "with pytest and pytest-cov" : "with unittest, because it has no pytest", _context.LogText, StringComparison.Ordinal);
        Assert.Equal(["shop.py", Path.Combine("tests", "test_shop.py")], Files());
        Assert.False(File.Exists(Path.Combine(_directory.Path, ".coverage")));
        Assert.False(Directory.Exists(Path.Combine(_directory.Path, ".pytest_cache")));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_EveryKindOfFailure_IsNamed(bool withPytest)
    {
        UsePython(withPytest);
        _directory.Write("tests/test_shop.py", """
            import unittest

            class ShopTests(unittest.TestCase):
                def test_fails(self):
                    self.assertEqual(1, 2, "one is not two")

                def test_raises(self):
                    raise ValueError("boom \x1b[31m <&>")

                def test_ok(self):
                    pass

                @unittest.expectedFailure
                def test_expected(self):
                    self.fail("known")

            class SetUpTests(unittest.TestCase):
                @classmethod
                def setUpClass(cls):
                    raise RuntimeError("no database")

                def test_x(self):
                    pass
            """);
        TestsFailedException error = await Assert.ThrowsAsync<TestsFailedException>(() => new PythonTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.False(error.IsTransient);
        Assert.Equal(3, error.Results.Failed);
        foreach (string text in (string[])["test_fails", "one is not two", "test_raises", "boom", "no database", "3 of "])
            Assert.Contains(text, error.Message, StringComparison.Ordinal);
        Assert.StartsWith("3 failed, ", _context.Fact("tests"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_TestFileThatCannotBeImported_Fails(bool withPytest)
    {
        UsePython(withPytest);
        _directory.Write("tests/test_shop.py", Passing);
        _directory.Write("tests/test_broken.py", "import no_such_module\n");
        TestsFailedException error = await Assert.ThrowsAsync<TestsFailedException>(() => new PythonTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("test_broken", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_NoTests_IsNeverASuccess(bool withPytest)
    {
        UsePython(withPytest);
        _directory.Write("tests/test_shop.py", "import shop\n");
        NoTestsFoundException error = await Assert.ThrowsAsync<NoTestsFoundException>(() => new PythonTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains(withPytest ? "functions named test_" : "need pytest", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task RunAsync_AllSkipped_IsNeverASuccess(bool withPytest)
    {
        UsePython(withPytest);
        _directory.Write("tests/test_shop.py", "import unittest\n\n@unittest.skip('later')\nclass T(unittest.TestCase):\n    def test_a(self): pass\n    def test_b(self): pass\n");
        NoTestsFoundException error = await Assert.ThrowsAsync<NoTestsFoundException>(() => new PythonTests().RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("all 2 were skipped", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FailingSubtests_CountEachAndNotTheTestAroundThem()
    {
        UsePython(withPytest: false);
        _directory.Write("tests/__init__.py", "");
        _directory.Write("tests/test_sub.py", "import unittest\nfrom . import __name__ as package\n\nclass T(unittest.TestCase):\n    def test_even(self):\n        for i in range(4):\n            with self.subTest(i=i):\n                self.assertEqual(0, i % 2)\n");
        TestsFailedException error = await Assert.ThrowsAsync<TestsFailedException>(() => new Unittest("tests/").RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Equal((0, 2), (error.Results.Passed, error.Results.Failed));
        Assert.Contains("tests.test_sub.T.test_even (i=1)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TestsThatEndTheProcess_FailWithoutAReport()
    {
        UsePython(withPytest: false);
        _directory.Write("tests/test_exit.py", "import os, sys\nprint('good bye', flush=True)\nos._exit(3)\n");
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => new Unittest("tests/test_exit.py").RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("good bye", error.Message, StringComparison.Ordinal);
        Assert.Equal(3, error.ExitCode);
    }

    [Theory]
    [InlineData(0.60, true)]
    [InlineData(0.80, false)]
    public async Task RunAsync_CoverageFloor_IsHeld(double floor, bool passes)
    {
        UsePython(withPytest: true);
        _directory.Write("tests/test_shop.py", Passing);
        var stage = new Pytest("tests/") { MinimumCoverage = floor };
        if (passes)
        {
            Assert.Equal(0.6, (await stage.RunAsync(_context.Context, TestContext.Current.CancellationToken)).Coverage!.Value, 3);
            return;
        }

        CoverageTooLowException error = await Assert.ThrowsAsync<CoverageTooLowException>(() => stage.RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("cover 60 % of the lines; at least 80 % are asked for", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FloorWithoutPytestCov_WarnsOrFailsByStage()
    {
        UsePython(withPytest: false);
        _directory.Write("tests/test_shop.py", Passing);
        await new PythonTests { MinimumCoverage = 0.8 }.RunAsync(_context.Context, TestContext.Current.CancellationToken);
        Assert.Contains(_context.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("80 % is not checked", StringComparison.Ordinal));
        ToolNotFoundException error = await Assert.ThrowsAsync<ToolNotFoundException>(() => new Pytest("tests/") { MinimumCoverage = 0.8 }.RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("-m pip install pytest", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_FolderThatIsNotThere_SaysSo()
    {
        NoTestsFoundException error = await Assert.ThrowsAsync<NoTestsFoundException>(() => new Pytest("tset/").RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("'tset/' does not exist", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void MinimumCoverage_InPercent_IsRefused() =>
        Assert.Contains("write 0.80 for 80 %", Assert.Throws<ArgumentOutOfRangeException>(() => new Pytest("tests/") { MinimumCoverage = 80 }).Message, StringComparison.Ordinal);

    [Fact]
    public async Task RunAsync_Flake8_NamesWhatItFinds()
    {
        UsePython(withPytest: true);
        Assert.SkipUnless(Directory.Exists("/usr/lib/python3/dist-packages/flake8"), "needs apt-get install flake8");
        await new Flake8("shop.py").RunAsync(_context.Context, TestContext.Current.CancellationToken);
        _directory.Write("bad.py", "import os\n");
        CodeCheckFailedException error = await Assert.ThrowsAsync<CodeCheckFailedException>(() => new Flake8("bad.py").RunAsync(_context.Context, TestContext.Current.CancellationToken));
        Assert.Contains("F401", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidUsageException>(() => new Flake8("nowhere/").RunAsync(_context.Context, TestContext.Current.CancellationToken));
    }
}
