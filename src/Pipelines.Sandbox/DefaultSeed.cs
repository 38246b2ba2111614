using Pipelines.Sandbox.ArgoCd;

namespace Pipelines.Sandbox;

/// <summary>The first state of a manifest repository that nobody gave files for.</summary>
internal static class DefaultSeed
{
    public static IReadOnlyDictionary<string, string> For(SandboxOptions options)
    {
        Dictionary<string, string> files = options.Environments.ToDictionary(options.ManifestPath, environment => Values(options, environment), StringComparer.Ordinal);
        if (options.PreviewTemplate is { } template)
            files[template.Replace("{app}", options.App, StringComparison.Ordinal)] = Template(options);
        return files;
    }

    private static string Template(SandboxOptions options) => $$"""
        # Each preview of {{options.App}} is a copy of this file, filled in.
        preview:
          application: "{application}"
          namespace: "{namespace}"
          host: "{host}"

        replicaCount: 1

        image:
          repository: {{options.App}}
        {{Tag(options.ManifestKey)}}
        """.ReplaceLineEndings("\n");

    private static string Values(SandboxOptions options, string environment) => $"""
        # What {options.App} runs in {environment}. The pipeline changes the tag and nothing else.
        replicaCount: 1

        image:
          repository: {options.App}
        {Tag(options.ManifestKey)}
        resources:
          requests: {"{"} cpu: 100m, memory: 64Mi {"}"}

        """.ReplaceLineEndings("\n");

    /// <summary>What the first files ask for runs already, so that the first deploy has something to go back to.</summary>
    public static void Deploy(SandboxOptions options, IReadOnlyDictionary<string, string> seed, ClusterState states)
    {
        foreach (string environment in options.Environments)
        {
            string file = options.ManifestPath(environment);
            var manifest = Manifest.Parse(seed.GetValueOrDefault(file), file, options.ManifestKey);
            if (manifest.Error is null)
                states[environment] = new ApplicationState(manifest.Hash, manifest.Tag, [manifest.Tag]);
        }
    }

    // "image.tag" goes into the map that is there; any other key gets its own.
    private static string Tag(string key)
    {
        const string Value = "\"\" # nothing is deployed yet";
        string[] steps = key.Split('.');
        if (steps is ["image", string inImage])
            return $"  {inImage}: {Value}\n";
        return string.Concat(steps.Select((step, depth) => $"{new string(' ', depth * 2)}{step}:{(depth == steps.Length - 1 ? " " + Value : "")}\n"));
    }
}
