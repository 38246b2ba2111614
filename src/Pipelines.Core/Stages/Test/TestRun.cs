using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Pipelines.Core.Tools;

namespace Pipelines.Core.Stages.Test;

/// <summary>One run of a test runner: where its reports go, and the verdict on what it left.</summary>
internal sealed class TestRun
{
    private readonly StageContext _context;

    public TestRun(StageContext context)
    {
        _context = context;
        Folder = Path.Combine(context.Run.RunDirectory, "tests", FolderName(context.StageName));
        if (Directory.Exists(Folder))
            Directory.Delete(Folder, recursive: true); // a retry does not count the first attempt's reports
        Directory.CreateDirectory(Folder);
    }

    /// <summary>The stage's own, empty folder within the run's.</summary>
    public string Folder { get; }

    public string FileAt(string name) => Path.Combine(Folder, name);

    /// <summary>Reads reports; null where there is none.</summary>
    public static TestResults? Read(IReadOnlyCollection<string> files, Action<TestTally, Stream> read)
    {
        var tally = new TestTally();
        int count = 0;
        foreach (string file in files.Where(File.Exists).Order(StringComparer.Ordinal))
        {
            try
            {
                using FileStream stream = File.OpenRead(file);
                if (stream.Length == 0)
                    continue; // the runner died before it wrote anything
                read(tally, stream);
                count++;
            }
            catch (XmlException exception)
            {
                throw new TestReportException($"The test report {Path.GetFileName(file)} cannot be read.", $"{exception.Message}\n  {file}", "The test runner was probably killed while it wrote it: look at the end of the stage's log.", exception);
            }
        }

        return count == 0 ? null : tally.ToResults();
    }

    /// <summary>Removes the reports of earlier runs that lie where a tool will write its own.</summary>
    public static void Remove(IEnumerable<string> files)
    {
        foreach (string file in files)
            File.Delete(file);
    }

    /// <summary>Reports the results, and fails unless tests ran, none failed and the runner ended well.</summary>
    /// <param name="command">What ran.</param>
    /// <param name="ended">How it ended.</param>
    /// <param name="results">What its reports say; null where it left none.</param>
    /// <param name="noTestsAdvice">What to do where no test ran.</param>
    /// <param name="again">How a person runs the tests.</param>
    public TestResults Conclude(Command command, CommandResult ended, TestResults? results, string noTestsAdvice, string again)
    {
        if (results is null)
        {
            if (ended.Succeeded)
                throw new TestReportException($"'{command}' ended well, but left no test report.", LastLinesOf(ended), noTestsAdvice);
            throw Failed(command, ended, $"No test report was written, so the tests did not start. Run '{again}' to see it on your machine.");
        }

        _context.Report(results);
        _context.Report("tests", Phrase(results));
        if (results.Failed > 0)
            throw new TestsFailedException(results, again);
        if (results.Passed == 0 && (ended.Succeeded || results.Total > 0))
            throw new NoTestsFoundException(results.Skipped == 0 ? "No tests were found." : $"No test ran: all {results.Skipped} were skipped.", $"  $ {again}", noTestsAdvice);
        if (!ended.Succeeded)
            throw Failed(command, ended, $"{(results.Total == 0 ? "No test ran" : "Every test that is in the report passed, so something beside the tests failed")}. Run '{again}' to see it on your machine.");
        _context.Log.Info(Phrase(results));
        return results;
    }

    /// <summary>Such as <c>12 passed, 1 skipped, coverage 87 %</c>.</summary>
    public static string Phrase(TestResults results)
    {
        List<string> parts = [];
        if (results.Failed > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{results.Failed} failed"));
        parts.Add(string.Create(CultureInfo.InvariantCulture, $"{results.Passed} passed"));
        if (results.Skipped > 0)
            parts.Add(string.Create(CultureInfo.InvariantCulture, $"{results.Skipped} skipped"));
        if (results.Coverage is { } coverage)
            parts.Add("coverage " + CoverageTooLowException.Percent(coverage));
        return string.Join(", ", parts);
    }

    public static CommandFailedException Failed(Command command, CommandResult ended, string advice) =>
        new(command, ExitCodes.Describe(ended.ExitCode), ended.ExitCode, LastLines(ended), advice);

    private static string? LastLinesOf(CommandResult ended) => LastLines(ended) is { Count: > 0 } lines ? string.Join('\n', lines.Select(line => "  " + line)) : null;

    private static IReadOnlyList<string> LastLines(CommandResult ended)
    {
        var last = new LastLines(20);
        foreach (string text in (string[])[ended.Output, ended.ErrorOutput])
            foreach (string line in text.Split('\n'))
                last.Add(line.TrimEnd('\r'));
        return last.Lines;
    }

    private static string FolderName(string stageName)
    {
        string safe = string.Concat(stageName.Select(character => char.IsAsciiLetterOrDigit(character) ? char.ToLowerInvariant(character) : '-')).Trim('-');
        return safe == stageName ? safe : $"{safe}-{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(stageName)))[..6]}"; // "a b" and "a-b" are two stages
    }
}
