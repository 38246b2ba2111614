namespace Pipelines.Core.Reporting;

/// <summary>Colours for a console, or none of them. Only the eight standard ones, which every terminal theme keeps readable.</summary>
internal readonly record struct Ink(bool On)
{
    public string Red(string text) => Paint("31", text);

    public string Green(string text) => Paint("32", text);

    public string Yellow(string text) => Paint("33", text);

    public string Cyan(string text) => Paint("36", text);

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    /// <summary>The colour of an outcome; its word and sign say the same without colour.</summary>
    public string Outcome(StageOutcome? outcome, string text) => outcome switch
    {
        StageOutcome.Succeeded or StageOutcome.Restored => Green(text),
        StageOutcome.Failed or StageOutcome.TimedOut => Red(text),
        StageOutcome.Cancelled => Yellow(text),
        _ => Dim(text),
    };

    /// <summary>One of a few colours that tells parallel stages apart.</summary>
    public string Stage(int index, string text) => Paint((index % 5) switch { 0 => "36", 1 => "35", 2 => "34", 3 => "33", _ => "32" }, text);

    private string Paint(string code, string text) => On && text.Length > 0 ? $"\u001b[{code}m{text}\u001b[0m" : text;
}
