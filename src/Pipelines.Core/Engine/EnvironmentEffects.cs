using Pipelines.Core.Model;

namespace Pipelines.Core.Engine;

/// <summary>What the stages of one environment did and are doing.</summary>
internal sealed class EnvironmentEffects
{
    /// <summary>Its stages in the plan's order, but for <c>Always</c> stages: those prove nothing.</summary>
    public List<PlannedStage> Stages { get; } = [];

    /// <summary>How many of them run.</summary>
    public int Running { get; set; }

    /// <summary>How many of those that run will leave an effect.</summary>
    public int RunningUndoable { get; set; }

    /// <summary>The stages that left an effect, the oldest first.</summary>
    public List<PlannedStage> Effects { get; } = [];

    /// <summary>What is to be undone, the newest first; null before that is known.</summary>
    public IReadOnlyList<Effect>? ToUndo { get; set; }

    /// <summary>Leaves out what was done after a stage that keeps it: of the newest first, all before that stage.</summary>
    public static List<Effect> WithoutKept(List<Effect> effects)
    {
        int keeper = effects.FindLastIndex(effect => effect.Stage.Behaviour.KeepsLaterEffects);
        if (keeper > 0)
            effects.RemoveRange(0, keeper);
        return effects;
    }

    /// <summary>An effect that is to be undone.</summary>
    /// <param name="Stage">The stage that left it.</param>
    /// <param name="Output">What the stage returned.</param>
    /// <param name="Cause">The stage that did not succeed, and what that says about what was deployed.</param>
    internal sealed record Effect(PlannedStage Stage, object? Output, UndoCause Cause);
}
