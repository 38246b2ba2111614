using System.Globalization;
using System.Text;

namespace Pipelines.Core.Cli.Session;

/// <summary>How long the stages of a plan took in earlier runs, so that the longest path starts first. A line a stage: name, tab, milliseconds.</summary>
internal sealed class StageDurations(string serviceDirectory, PipelinePlan plan)
{
    private readonly string _file = Path.Combine(serviceDirectory, ".pipelines", "durations.tsv");

    /// <summary>The known durations by the stages' index; zero where nothing is known; null where a plan of one stage has nothing to put in order.</summary>
    public TimeSpan[]? Read()
    {
        if (plan.Stages.Count < 2 || !File.Exists(_file))
            return null;
        Dictionary<string, PlannedStage> stages = plan.Stages.ToDictionary(stage => stage.Name, StringComparer.Ordinal);
        var durations = new TimeSpan[plan.Stages.Count];
        foreach (string line in File.ReadLines(_file))
        {
            int tab = line.LastIndexOf('\t');
            if (tab > 0 && stages.TryGetValue(line[..tab], out PlannedStage? stage)
                && double.TryParse(line.AsSpan(tab + 1), NumberStyles.Float, CultureInfo.InvariantCulture, out double milliseconds) && milliseconds is >= 0 and < 1e9)
                durations[stage.Index] = TimeSpan.FromMilliseconds(milliseconds);
        }

        return durations;
    }

    /// <summary>Keeps the mean of what was known and what was seen, so that one slow day does not turn the order over.</summary>
    public void Write(TimeSpan[]? known, RunResult result)
    {
        if (plan.Stages.Count < 2)
            return;
        var text = new StringBuilder();
        foreach (StageResult stage in result.Stages)
        {
            TimeSpan before = known?[stage.Stage.Index] ?? TimeSpan.Zero;
            TimeSpan duration = stage.Outcome is not StageOutcome.Succeeded ? before
                : before == TimeSpan.Zero ? stage.Duration
                : (before + stage.Duration) / 2;
            if (duration > TimeSpan.Zero)
                text.Append(stage.Stage.Name).Append('\t').Append(duration.TotalMilliseconds.ToString("0.###", CultureInfo.InvariantCulture)).Append('\n');
        }

        File.WriteAllText(_file, text.ToString());
    }
}
