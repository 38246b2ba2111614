using System.Text.Json;

namespace Pipelines.Core.Stages.Image;

/// <summary>What the last stage of a Dockerfile says about how its image runs. Files are no part of it: nothing is executed.</summary>
internal sealed class DockerfileSettings
{
    public List<string> Environment { get; private set; } = [];

    public SortedSet<string> Ports { get; private set; } = new(StringComparer.Ordinal);

    public SortedDictionary<string, string> Labels { get; private set; } = new(StringComparer.Ordinal);

    public string? User { get; private set; }

    public string WorkingDirectory { get; private set; } = "/";

    public IReadOnlyList<string> Entrypoint { get; private set; } = [];

    public IReadOnlyList<string> Command { get; private set; } = [];

    public static DockerfileSettings Parse(string text)
    {
        var stages = new Dictionary<string, DockerfileSettings>(StringComparer.OrdinalIgnoreCase);
        var arguments = new Dictionary<string, string>(StringComparer.Ordinal);
        var current = new DockerfileSettings();
        foreach ((string name, string rest) in DockerfileText.Instructions(text))
        {
            if (name == "FROM")
                current = From(rest, stages, arguments);
            else if (name == "ARG")
                AddArgument(rest, arguments);
            else
                current.Apply(name, rest, arguments);
        }

        return current;
    }

    private static DockerfileSettings From(string rest, Dictionary<string, DockerfileSettings> stages, Dictionary<string, string> arguments)
    {
        string[] words = [.. rest.Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries).Where(word => !word.StartsWith("--", StringComparison.Ordinal))];
        string image = words.Length > 0 ? DockerfileText.Substitute(words[0], arguments) : "";
        DockerfileSettings stage = stages.TryGetValue(image, out DockerfileSettings? earlier) ? earlier.Copy() : new DockerfileSettings();
        if (words.Length >= 3 && string.Equals(words[1], "AS", StringComparison.OrdinalIgnoreCase))
            stages[words[2]] = stage;
        return stage;
    }

    private static void AddArgument(string rest, Dictionary<string, string> arguments)
    {
        foreach ((string name, string value) in DockerfileText.Pairs(rest, arguments))
            arguments.TryAdd(name, value);
    }

    private void Apply(string name, string rest, Dictionary<string, string> arguments)
    {
        var known = new Dictionary<string, string>(arguments, StringComparer.Ordinal);
        foreach (string variable in Environment)
            known[variable[..variable.IndexOf('=', StringComparison.Ordinal)]] = variable[(variable.IndexOf('=', StringComparison.Ordinal) + 1)..];
        switch (name)
        {
            case "ENV":
                foreach ((string variable, string value) in DockerfileText.Pairs(rest, known))
                {
                    Environment.RemoveAll(existing => existing.StartsWith(variable + "=", StringComparison.Ordinal));
                    Environment.Add($"{variable}={value}");
                }

                break;
            case "LABEL":
                foreach ((string label, string value) in DockerfileText.Pairs(rest, known))
                    Labels[label] = value;
                break;
            case "EXPOSE":
                foreach (string port in DockerfileText.Substitute(rest, known).Split([' ', '\t'], StringSplitOptions.RemoveEmptyEntries))
                    Ports.Add(port.Contains('/', StringComparison.Ordinal) ? port.ToLowerInvariant() : port + "/tcp");
                break;
            case "USER":
                User = DockerfileText.Substitute(rest, known);
                break;
            case "WORKDIR":
                WorkingDirectory = Resolve(WorkingDirectory, DockerfileText.Substitute(rest, known).Trim('"'));
                break;
            case "ENTRYPOINT":
                Entrypoint = CommandLine(rest);
                Command = []; // as docker does it: a CMD of the base is for the base's ENTRYPOINT
                break;
            case "CMD":
                Command = CommandLine(rest);
                break;
        }
    }

    private static string Resolve(string from, string path) => path.StartsWith('/') ? path : $"{from.TrimEnd('/')}/{path}";

    /// <summary>The exec form is a JSON array; anything else is the shell form.</summary>
    private static string[] CommandLine(string rest)
    {
        try
        {
            if (rest.StartsWith('['))
                return JsonSerializer.Deserialize(rest, ImageJson.Default.StringArray) ?? [];
        }
        catch (JsonException)
        {
            // docker takes a broken array as a shell line, too
        }

        return ["/bin/sh", "-c", rest];
    }

    private DockerfileSettings Copy() => new()
    {
        Environment = [.. Environment],
        Ports = new SortedSet<string>(Ports, StringComparer.Ordinal),
        Labels = new SortedDictionary<string, string>(Labels, StringComparer.Ordinal),
        User = User,
        WorkingDirectory = WorkingDirectory,
        Entrypoint = Entrypoint,
        Command = Command,
    };
}
