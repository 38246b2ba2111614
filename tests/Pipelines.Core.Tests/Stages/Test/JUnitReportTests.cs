using System.Text;
using System.Xml;
using Pipelines.Core.Stages.Test;

namespace Pipelines.Core.Tests.Stages.Test;

public class JUnitReportTests
{
    internal static TestResults Read(string text, Action<TestTally, Stream>? read = null)
    {
        var tally = new TestTally();
        (read ?? JUnitReport.AddTo)(tally, new MemoryStream(Encoding.UTF8.GetBytes(text)));
        return tally.ToResults();
    }

    [Fact]
    public void AddTo_NestedSuites_CountsEachCaseOnce()
    {
        TestResults results = Read("""
            <?xml version="1.0" encoding="utf-8"?>
            <testsuites tests="99"><testcase name="alone" time="0.5"/>
              <testsuite name="outer" tests="99"><properties><property name="testcase" value="x"/></properties>
                <testsuite name="inner">
                  <testcase classname="a.B" name="ok" time="1,000.25"><system-out>fine</system-out></testcase>
                  <testcase classname="a.B" name="bad" time="1"><failure message="1 != 2" type="AssertionError">line 1
            line 2</failure><error message="and torn down badly"/></testcase>
                  <testcase classname="a.B" name="broken"><error type="ValueError"><![CDATA[boom <x>
            at y]]></error></testcase>
                  <testcase classname="a.B" name="later"><skipped message="not yet"/></testcase>
                  <system-out><![CDATA[<testcase name="no test"/>]]></system-out>
                </testsuite>
              </testsuite>
            </testsuites>
            """);
        Assert.Equal((2, 2, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal(TimeSpan.FromSeconds(1001.75), results.Duration);
        Assert.Equal(new TestFailure("a.B.bad", "1 != 2", "line 1\nline 2"), results.Failures[0]);
        Assert.Equal("boom <x>", results.Failures[1].Message);
    }

    [Fact]
    public void AddTo_ControlCharactersOfColouredOutput_AreRead() =>
        Assert.Equal(new TestFailure("a", "\u001b[31mred", "?[0m"), Assert.Single(Read("<testsuite><testcase name=\"a\"><failure message=\"&#27;[31mred\">\u001b[0m</failure></testcase></testsuite>").Failures));

    [Theory]
    [InlineData("<!DOCTYPE x [<!ENTITY a \"b\">]><testsuite>&a;</testsuite>")]
    [InlineData("<testsuite><testcase name=\"a\"/>")]
    [InlineData("<html><body>502 Bad Gateway</body></html>")]
    [InlineData("no XML")]
    public void AddTo_NoReport_IsAnError(string text) => Assert.ThrowsAny<XmlException>(() => Read(text));

    [Fact]
    public void AddTo_Trx_CountsOutcomes()
    {
        TestResults results = Read("""
            <TestRun xmlns="http://microsoft.com/schemas/VisualStudio/TeamTest/2010"><Results>
              <UnitTestResult testName="N.A.Ok" duration="00:00:01.5000000" outcome="Passed" />
              <UnitTestResult testName="N.A.Skipped" outcome="NotExecuted"><Output><ErrorInfo><Message>later</Message></ErrorInfo></Output></UnitTestResult>
              <UnitTestResult testName="N.A.Bad" duration="00:00:00.5" outcome="Failed"><Output><StdOut>text</StdOut><ErrorInfo><Message>Expected 1</Message><StackTrace>at N.A.Bad()</StackTrace></ErrorInfo></Output></UnitTestResult>
              <UnitTestResult testName="N.A.Slow" outcome="Timeout" />
            </Results></TestRun>
            """, TrxReport.AddTo);
        Assert.Equal((1, 2, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal(new TestFailure("N.A.Bad", "Expected 1", "at N.A.Bad()"), results.Failures[0]);
        Assert.Equal("ended as Timeout", results.Failures[1].Message);
    }

    [Fact]
    public void AddTo_Jest_CountsAssertionsAndBrokenFiles()
    {
        TestResults results = Read("""
            {"numTotalTests":3,"testResults":[
              {"name":"/a.test.js","status":"failed","message":"x","assertionResults":[
                {"status":"passed","fullName":"a ok","duration":5,"failureMessages":[]},
                {"status":"pending","fullName":"a later","failureMessages":[]},
                {"status":"failed","fullName":"a bad","duration":null,"failureMessages":["Error: 1\n at x"]}]},
              {"name":"/b.test.js","status":"failed","message":"SyntaxError","assertionResults":[]}]}
            """, JestReport.AddTo);
        Assert.Equal((1, 2, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal(["a bad", "/b.test.js"], results.Failures.Select(failure => failure.Name));
        Assert.Throws<XmlException>(() => Read("{}", JestReport.AddTo));
    }

    [Fact]
    public void Add_TestingPlatformSummary_CountsAndNamesFailures()
    {
        TestResults? results = TestingPlatformSummary.Add(null, """
            failed N.A.Bad (78ms)
              Assert.Equal() Failure
              from /x/N.dll (net10.0|x64)
            Test run summary: Failed! - /x/N.dll (net10.0|x64)
              total: 5
              failed: 1
              succeeded: 3
              skipped: 1
              duration: 10s 031ms
            """);
        Assert.NotNull(results);
        Assert.Equal((3, 1, 1), (results.Passed, results.Failed, results.Skipped));
        Assert.Equal(new TestFailure("N.A.Bad", "Assert.Equal() Failure"), Assert.Single(results.Failures));
        Assert.Null(TestingPlatformSummary.Add(null, "error MSB1003"));
    }
}
