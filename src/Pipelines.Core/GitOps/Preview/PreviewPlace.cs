using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipelines.Core.GitOps.Preview;

/// <summary>One preview: its names and addresses.</summary>
/// <param name="Number">The pull request.</param>
/// <param name="Environment">The environment that it is. Never protected, and of no branch: nothing is promoted from it.</param>
/// <param name="Namespace">The namespace.</param>
/// <param name="Url">Where it answers; null where nowhere from outside.</param>
internal sealed record PreviewPlace(int Number, DeploymentEnvironment Environment, string Namespace, Uri? Url)
{
    public const string Prefix = "preview-pr-";
    private const string EnvironmentMark = "{environment}";
    private const string NumberMark = "{number}";

    public string Name => Environment.Name;

    /// <summary>Fills in what a preview's texts may hold.</summary>
    public static string Fill(string text, string app, int number) => text
        .Replace("{app}", app, StringComparison.Ordinal)
        .Replace(EnvironmentMark, NameOf(number), StringComparison.Ordinal)
        .Replace(NumberMark, number.ToString(CultureInfo.InvariantCulture), StringComparison.Ordinal);

    /// <exception cref="InvalidUsageException">A name or an address cannot be used; the message names the setting.</exception>
    public static PreviewPlace Of(Previews previews, int number)
    {
        if (number < 1)
            throw new InvalidUsageException("The number of a pull request must be 1 or more.", $"  {number}", "Give the number that the pull request's address ends with.");
        if (!previews.Manifest.File.Contains(EnvironmentMark, StringComparison.Ordinal))
            throw new InvalidUsageException("A preview needs a file of its own, and manifest.file names one for all environments.", $"  {previews.Manifest.File}", "Write {environment} into manifest.file, such as apps/{app}/values-{environment}.yaml, or set preview.enabled to false.");
        string app = previews.App;
        string application = previews.ArgoCd is null ? "" : PreviewNames.Fit(Own("preview.application", previews.ArgoCd.Application, "the Argo CD application"));
        return new PreviewPlace(
            number,
            new DeploymentEnvironment
            {
                Name = NameOf(number),
                App = app,
                PullRequest = number,
                Manifest = previews.Manifest with { File = Fill(previews.Manifest.File, app, number) },
                ArgoCd = previews.ArgoCd is null ? null : previews.ArgoCd with { Application = application },
                SmokeUrl = previews.SmokeUrl is null ? null : Fill(previews.SmokeUrl, app, number),
                SmokeVersionKey = previews.SmokeVersionKey,
            },
            PreviewNames.Namespace(Own("preview.namespace", previews.Namespace, "the namespace")),
            previews.Url is null ? null : PreviewNames.Address(Own("preview.url", previews.Url, "the address")));

        string Own(string setting, string text, string what) => text.Contains(EnvironmentMark, StringComparison.Ordinal) || text.Contains(NumberMark, StringComparison.Ordinal)
            ? Fill(text, app, number)
            : throw new InvalidUsageException($"All previews would have {what} in common.", $"  {setting}: {text}", $"Write {{environment}} or {{number}} into {setting}.");
    }

    /// <summary>The numbers of the previews among the files of the manifest repository, with their files.</summary>
    public static IEnumerable<(int Number, string File)> Find(Previews previews, IEnumerable<string> files)
    {
        string file = previews.Manifest.File.Replace("{app}", previews.App, StringComparison.Ordinal);
        int first = file.IndexOf(EnvironmentMark, StringComparison.Ordinal);
        if (first < 0)
            yield break;
        string rest = Regex.Escape(file[(first + EnvironmentMark.Length)..].Replace(EnvironmentMark, "\0", StringComparison.Ordinal)).Replace("\0", Prefix + @"\k<number>", StringComparison.Ordinal);
        var pattern = new Regex($@"^{Regex.Escape(file[..first])}{Prefix}(?<number>[1-9]\d{{0,8}}){rest}\z", RegexOptions.CultureInvariant);
        foreach (string one in files)
            if (pattern.Match(one) is { Success: true } match)
                yield return (int.Parse(match.Groups["number"].Value, CultureInfo.InvariantCulture), one);
    }

    private static string NameOf(int number) => Prefix + number.ToString(CultureInfo.InvariantCulture);
}
