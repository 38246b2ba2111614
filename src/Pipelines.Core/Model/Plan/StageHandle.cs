using Pipelines.Core.Model;

namespace Pipelines.Core;

/// <summary>A stage of a pipeline that is being built.</summary>
public abstract class StageHandle
{
    private protected StageHandle(StageDraft draft) => Draft = draft;

    /// <summary>The stage's name.</summary>
    public string Name => Draft.Name;

    internal StageDraft Draft { get; }

    /// <summary>The name.</summary>
    public override string ToString() => Name;
}
