using System.Globalization;
using System.Text.Json;

namespace Pipelines.Templates.Tests.Deploy;

/// <summary>A preview whose run is killed around its commit, and goes on.</summary>
public class KilledPreviewTests
{
    private const int Killed = 137;
    private static readonly string[] Arguments = ["preview", "up", "--number", "7", "--set", "image.builder=assembler", "--set", "smoke.timeout=1s"];

    [Fact]
    public async Task Resume_AfterAKillAroundTheCommit_PutsItUpOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int began, int ended) = await EffectAsync("put up the preview", 0);
        foreach (int kill in (int[])[began, -ended, ended])
        {
            using var service = new Service();
            Say(kill, await ServiceProcess.RunAsync(service, ["deploy-killed", kill.ToString(CultureInfo.InvariantCulture), .. Arguments]), Killed);
            Say(kill, await ServiceProcess.RunAsync(service, "deploy", "resume"), 0);
            Assert.Equal(["preview", "Seed"], Commits(service));
        }
    }

    [Fact]
    public async Task Resume_AfterAKillAroundTheUndo_RemovesItOnce()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the PATH is made of symbolic links");
        (int began, int ended) = await EffectAsync("take back the preview", 1, "--sandbox-fault", "smoke");
        foreach (int kill in (int[])[began, -ended])
        {
            using var service = new Service();
            Say(kill, await ServiceProcess.RunAsync(service, ["deploy-killed", kill.ToString(CultureInfo.InvariantCulture), .. Arguments, "--sandbox-fault", "smoke"]), Killed);
            Say(kill, await ServiceProcess.RunAsync(service, "deploy", "resume", "--sandbox-fault", "smoke"), 1);
            Assert.Equal(["remove", "preview", "Seed"], Commits(service));
        }
    }

    /// <summary>The places, from 1, of the records around an effect of a run that nobody disturbs.</summary>
    private static async Task<(int Began, int Ended)> EffectAsync(string name, int exitCode, params string[] more)
    {
        using var service = new Service();
        Say(0, await ServiceProcess.RunAsync(service, ["deploy", .. Arguments, .. more]), exitCode);
        string[] lines = File.ReadAllLines(Path.Combine(service.Runs[^1], "journal.jsonl"));
        return (Place("effect-began"), Place("effect-ended"));

        int Place(string record) => 1 + Array.FindIndex(lines, line => line.Contains(name, StringComparison.Ordinal) && JsonDocument.Parse(line).RootElement.GetProperty("record").GetString() == record);
    }

    private static string[] Commits(Service service) =>
        [.. service.ManifestLog("--format=%s").Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(subject => subject.Replace("ci: ", "", StringComparison.Ordinal).Split(' ')[0])];

    private static void Say(int kill, (int ExitCode, string Output) run, int expected) => Assert.True(run.ExitCode == expected, $"killed at {kill}: exit code {run.ExitCode} instead of {expected}\n{run.Output}");
}
