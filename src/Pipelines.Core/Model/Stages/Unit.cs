namespace Pipelines.Core;

/// <summary>The output of a stage that has none.</summary>
public readonly record struct Unit
{
    /// <summary>The only value.</summary>
    public static Unit Value => default;
}
