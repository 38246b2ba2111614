using Pipelines.Core.Tools.Helm;
using Pipelines.Core.Tools.Kubectl;

namespace Pipelines.Core.Stages.Check.ZeroDowntime;

/// <summary>Gets the manifests of a source, rendered where they have to be.</summary>
internal sealed class ManifestLoader(StageContext context, string kubectl, string helm)
{
    private const string Release = "check"; // no rule looks at the release's name

    public async Task<IReadOnlyList<ManifestDocument>> LoadAsync(ManifestSource source, CancellationToken cancellationToken) => source switch
    {
        ManifestSource.Yaml plain => ReadPath(plain.Path),
        ManifestSource.Kustomize kustomize => await KustomizeAsync(kustomize.Directory, cancellationToken).ConfigureAwait(false),
        ManifestSource.Helm { Chart: { } chart } charted => await HelmAsync(chart, charted, cancellationToken).ConfigureAwait(false),
        _ => throw new ArgumentOutOfRangeException(nameof(source)),
    };

    public ValuesFiles Values(ManifestSource.Helm source)
    {
        var files = new List<ManifestDocument>();
        string? own = source.Chart is null ? null : Path.Combine(source.Chart, "values.yaml");
        foreach (string path in source.Values.Prepend(own is not null && File.Exists(Full(own)) ? own : null).OfType<string>())
            files.AddRange(ManifestReader.ReadFile(Full(path), path).Take(1));
        if (files.Count == 0)
            throw new InvalidUsageException("There are no values to check.", $"  chart {source.Chart ?? "(none)"}, no values file", "Name the values files in ManifestSource.Helm, such as deploy/values-prod.yaml.");
        if (files.FirstOrDefault(file => !file.Root.IsMapping && file.Root.Exists) is { } wrong)
            throw new ManifestReadException($"'{wrong.File}' is no values file.", wrong.File, wrong.Root.Line, "it is no mapping of keys", "Name a file with Helm values.");
        return new ValuesFiles(files, source.Set);
    }

    private IReadOnlyList<ManifestDocument> ReadPath(string path)
    {
        string full = Full(path);
        if (!Directory.Exists(full))
            return ManifestReader.ReadFile(full, path);
        string[] files = [.. Directory.EnumerateFiles(full, "*", SearchOption.AllDirectories).Where(file => Path.GetExtension(file) is ".yaml" or ".yml").Order(StringComparer.Ordinal)];
        if (files.Length == 0)
            throw new InvalidUsageException($"'{path}' has no manifests.", "  no .yaml or .yml file in it", "Name the folder with the manifests in ManifestSource.Yaml.");
        return [.. files.SelectMany(file => ManifestReader.ReadFile(file, Path.GetRelativePath(context.Run.Directory, file).Replace('\\', '/')))];
    }

    private async Task<IReadOnlyList<ManifestDocument>> KustomizeAsync(string directory, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(Full(directory)))
            throw new InvalidUsageException($"There is no kustomization '{directory}'.", $"  {Full(directory)}", "Name the folder with kustomization.yaml in ManifestSource.Kustomize.");
        string text = await new Kubectl(context, kubectl).KustomizeAsync(Full(directory), cancellationToken).ConfigureAwait(false);
        return ManifestReader.Read($"{directory} (rendered by kubectl kustomize)", text);
    }

    private async Task<IReadOnlyList<ManifestDocument>> HelmAsync(string chart, ManifestSource.Helm source, CancellationToken cancellationToken)
    {
        string text = await new Helm(context, helm).TemplateAsync(Release, Full(chart), [.. source.Values.Select(Full)], source.Set, cancellationToken).ConfigureAwait(false);
        return ManifestReader.Read($"{chart} (rendered by helm template)", text);
    }

    private string Full(string path) => Path.GetFullPath(path, context.Run.Directory);
}
