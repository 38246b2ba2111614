namespace Pipelines.Templates;

/// <summary>Fills <c>{app}</c> and <c>{environment}</c> into settings.</summary>
internal static class Placeholders
{
    public static string Fill(string text, string app, string environment) =>
        text.Replace("{app}", app, StringComparison.Ordinal).Replace("{environment}", environment, StringComparison.Ordinal);
}
