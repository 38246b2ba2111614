namespace Pipelines.Core.Model;

/// <summary>A stage while its pipeline is being built.</summary>
internal sealed class StageDraft(object owner, int index, string name, StageBehaviour behaviour, IReadOnlyList<StageHandle> inputs)
{
    /// <summary>The builder it belongs to.</summary>
    public object Owner { get; } = owner;

    public int Index { get; } = index;

    public string Name { get; } = name;

    public StageBehaviour Behaviour { get; } = behaviour;

    public IReadOnlyList<StageHandle> Inputs { get; } = inputs;

    public List<StageHandle> After { get; } = [];

    public List<Condition> Conditions { get; } = [];

    public List<string> Locks { get; } = [];

    public TimeSpan Timeout { get; set; } = TimeSpan.FromHours(1);

    public RetryPolicy Retry { get; set; } = RetryPolicy.None;

    public bool Always { get; set; }

    /// <summary>Set by <c>Build()</c>.</summary>
    public bool Frozen { get; set; }

    /// <summary>The draft itself, if it may still change.</summary>
    public StageDraft Change(string api) => Frozen
        ? throw new InvalidOperationException($"'{Name}'.{api}: the pipeline is built already. Say everything about a stage before Build().")
        : this;
}
