namespace Pipelines.Core;

/// <summary>A setting that a template knows: its key, what it means, its default, and how its text is read.</summary>
public abstract class Setting
{
    private protected Setting(string key, string description, string kind)
    {
        Key = key;
        Description = description;
        Kind = kind;
    }

    /// <summary>The key, such as <c>argocd.timeout</c>: in <c>pipeline.yaml</c> nested by its dots.</summary>
    public string Key { get; }

    /// <summary>What it means, in one line.</summary>
    public string Description { get; }

    /// <summary>What may be written: <c>text</c>, <c>duration</c>, <c>number</c>, …</summary>
    public string Kind { get; }

    /// <summary>The default as text; null where there is none.</summary>
    public abstract string? DefaultText { get; }

    /// <summary>The environment variable that sets it, such as <c>PIPELINES_ARGOCD_TIMEOUT</c>.</summary>
    public string Variable => "PIPELINES_" + Key.Replace('.', '_').Replace('-', '_').ToUpperInvariant();

    /// <summary>Why a text cannot be its value; null where it can.</summary>
    internal abstract string? Check(string text);
}
