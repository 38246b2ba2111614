using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests;

/// <summary>The search for leaked secrets finds what is planted: it runs everywhere, so that the deploys' check is known to be able to fail.</summary>
public class LeaksTests
{
    [Fact]
    public async Task Find_PlantedSecrets_AreFoundInEachPlace()
    {
        using var folder = new TemporaryDirectory();
        string file = folder.Write("events.jsonl", "{\"text\":\"in-a-file-1234\"}");
        IReadOnlyCollection<string> seen;
        var commandLines = new CommandLines();
        await using (commandLines)
        {
            using var running = System.Diagnostics.Process.Start(new System.Diagnostics.ProcessStartInfo(DummyTool.Path, ["hang", folder.Path + "/pid", "in-an-argument-1234"]) { RedirectStandardOutput = true })!;
            while (!commandLines.Seen.Any(line => line.Contains("in-an-argument-1234", StringComparison.Ordinal)))
                await Task.Yield();
            running.Kill();
            seen = commandLines.Seen;
        }

        Assert.Equal(
            ["secret 0 is in events.jsonl", $"secret 1 is in the command line of {DummyTool.Path}", "secret 2 is in the console"],
            Leaks.Find(["in-a-file-1234", "in-an-argument-1234", "in-the-console-1234", "nowhere-1234"], "a line with in-the-console-1234", seen, [file]).Distinct());
    }
}
