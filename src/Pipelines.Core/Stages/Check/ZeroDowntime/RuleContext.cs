namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>Where rules put what they find.</summary>
internal sealed class RuleContext(ZeroDowntimeCheck options)
{
    public List<ManifestFinding> Findings { get; } = [];

    public List<ManifestFinding> Unknown { get; } = [];

    public ZeroDowntimeCheck Options => options;

    /// <param name="rule">The rule.</param>
    /// <param name="document">The document it is in.</param>
    /// <param name="at">The value that is wrong, or what encloses it where it is missing.</param>
    /// <param name="message">What is wrong, and what to write.</param>
    /// <param name="container">The container it is about.</param>
    public void Find(ZeroDowntimeRule rule, ManifestDocument document, ManifestNode at, string message, string? container = null) =>
        Findings.Add(Finding(rule, document, at, message, container));

    /// <summary>A value that is still a template: true where there is one, and it is noted.</summary>
    public bool IsUnknown(ZeroDowntimeRule rule, ManifestDocument document, ManifestNode at, string what, string? container = null)
    {
        if (!at.IsTemplate)
            return false;
        Unknown.Add(Finding(rule, document, at, $"{what} is a template: nothing can be told of it before it is rendered", container));
        return true;
    }

    private static ManifestFinding Finding(ZeroDowntimeRule rule, ManifestDocument document, ManifestNode at, string message, string? container) =>
        new(rule.Id, message, container is null ? document.ToString() : $"{document}, container {container}", document.File, document.Number, at.Line ?? document.Root.Line);
}
