namespace Pipelines.Core.Secrets.Detection;

/// <summary>One kind of secret. A rule is only asked where one of its keywords stands, which a vectorised search finds.</summary>
internal abstract class SecretRule
{
    protected SecretRule(string id, string description, bool isCertain, params string[] keywords)
    {
        Id = id;
        Description = description;
        IsCertain = isCertain;
        Keywords = keywords;
    }

    /// <summary>Its public id, for allow lists.</summary>
    public string Id { get; }

    /// <summary>What it finds, as the start of a sentence: <c>A GitHub token</c>.</summary>
    public string Description { get; }

    /// <summary>Whether the shape alone proves it; else it is a guess from a name and the look of a value.</summary>
    public bool IsCertain { get; }

    /// <summary>The texts one of which every match has.</summary>
    public IReadOnlyList<string> Keywords { get; }

    /// <summary>Whether the keywords count in any case.</summary>
    public virtual bool IgnoresCase => false;

    /// <summary>Looks at one place where a keyword stands.</summary>
    public abstract SecretMatch? Match(string text, int index, TextKind kind);
}
