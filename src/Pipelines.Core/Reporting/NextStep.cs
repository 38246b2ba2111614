namespace Pipelines.Core.Reporting;

/// <summary>Something to do after a run that did not go well.</summary>
/// <param name="Text">What.</param>
/// <param name="Place">The command to run or the file to open; null where the text says it all.</param>
internal sealed record NextStep(string Text, string? Place = null)
{
    public override string ToString() => Place is null ? Text : $"{Text}: {Place}";
}
