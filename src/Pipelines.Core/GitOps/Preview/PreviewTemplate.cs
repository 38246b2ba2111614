using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Pipelines.Core.Model;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.GitOps.Preview;

/// <summary>The file that previews are written from.</summary>
internal static partial class PreviewTemplate
{
    private const string Checkout = "./";

    /// <summary>The template's file in the manifest repository; null where it is one of the checkout.</summary>
    public static string? FileOf(Previews previews)
    {
        if (previews.Template.StartsWith(Checkout, StringComparison.Ordinal))
            return null;
        string file = previews.Template.Replace("{app}", previews.App, StringComparison.Ordinal);
        ManifestPath.Check(file, "preview.template");
        return file;
    }

    /// <summary>The body of a preview's file: the template, filled in, with the image.</summary>
    /// <param name="previews">The previews.</param>
    /// <param name="place">The preview.</param>
    /// <param name="image">What it runs.</param>
    /// <param name="kept">The template as the manifest repository has it; null where there is none.</param>
    /// <param name="files">The files of the manifest repository, to name a similar one.</param>
    /// <param name="context">Where the checkout is, and who hears of what looks wrong.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="ManifestFileException">There is no template, or it lacks the key of the tag.</exception>
    public static async Task<string> RenderAsync(Previews previews, PreviewPlace place, PublishedImage image, GitFile? kept, Func<Task<IReadOnlyList<string>>> files, StageContext context, CancellationToken cancellationToken)
    {
        ManifestTarget target = place.Environment.Manifest;
        string? file = FileOf(previews);
        byte[] template = file is null
            ? await ReadCheckoutAsync(previews, context, cancellationToken).ConfigureAwait(false)
            : kept is { IsRegular: true } ? kept.Bytes : throw Missing(file, await files().ConfigureAwait(false), target);
        string text = Fill(Encoding.UTF8.GetString(template).TrimStart('\uFEFF'), previews, place);
        foreach (string unknown in Placeholder().Matches(text).Select(match => match.Value).Distinct(StringComparer.Ordinal))
            context.Log.Warning($"{previews.Template} holds {unknown}, which is none of {{app}}, {{environment}}, {{number}}, {{namespace}}, {{application}}, {{url}}, {{host}}. It stays as it is.");
        string name = file ?? previews.Template;
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        try
        {
            // The errors name the template: it is what somebody has to mend.
            return Encoding.UTF8.GetString(ManifestEdit.Open(target with { File = name }, bytes).Set(image.Reference.Tag!, image.Digest));
        }
        catch (ManifestFileException exception)
        {
            throw new ManifestFileException($"The template of previews cannot be used: {exception.What}", name, exception.Line, exception.Column, null, exception.Advice ?? $"Give it the key '{target.Key}'.", exception);
        }
    }

    private static string Fill(string text, Previews previews, PreviewPlace place) => PreviewPlace.Fill(text, previews.App, place.Number)
        .Replace("{namespace}", place.Namespace, StringComparison.Ordinal)
        .Replace("{application}", place.Environment.ArgoCd?.Application ?? "", StringComparison.Ordinal)
        .Replace("{url}", place.Url?.AbsoluteUri.TrimEnd('/') ?? "", StringComparison.Ordinal)
        .Replace("{host}", place.Url?.Host ?? "", StringComparison.Ordinal);

    private static async Task<byte[]> ReadCheckoutAsync(Previews previews, StageContext context, CancellationToken cancellationToken)
    {
        string relative = previews.Template[Checkout.Length..].Replace("{app}", previews.App, StringComparison.Ordinal);
        ManifestPath.Check(relative, "preview.template");
        string path = Path.GetFullPath(relative, context.Run.Directory);
        try
        {
            return await File.ReadAllBytesAsync(path, cancellationToken).ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            throw new ManifestFileException("The template of previews cannot be read from the checkout.", previews.Template, null, null, $"  {exception.Message}", "Add the file to the service, or set preview.template to one of the manifest repository, without ./ in front.", exception);
        }
    }

    private static ManifestFileException Missing(string file, IReadOnlyList<string> files, ManifestTarget target) => new(
        $"There is no template for previews in the manifest repository: '{file}'.",
        file,
        null,
        null,
        string.Create(CultureInfo.InvariantCulture, $"  repository {GitUrl.WithoutUserInfo(target.Repository)}, branch {target.Branch}"),
        (NearestName.Find(file, files) is { } nearest ? $"Is '{nearest}' meant? " : "") + $"Add it once: a values file with the key '{target.Key}' and an empty value. Or set preview.template, with ./ in front for a file of the service's checkout.");

    /// <summary>A name in braces by itself: not a flow mapping of YAML, and not what Helm or Go templates have.</summary>
    [GeneratedRegex(@"(?<![{$])\{[a-z][a-z.-]*\}(?!\})", RegexOptions.CultureInvariant)]
    private static partial Regex Placeholder();
}
