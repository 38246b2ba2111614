using System.Text.Json;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.ArgoCd;

/// <summary>The state of all environments, in one file that is whole at any moment.</summary>
internal sealed class ClusterState
{
    private readonly Lock _lock = new();
    private readonly string _path;
    private readonly Dictionary<string, ApplicationState> _states;

    private ClusterState(string path, Dictionary<string, ApplicationState> states)
    {
        _path = path;
        _states = states;
    }

    /// <summary>Reads the state. A file that can't be read counts as none: the applications are then rolled out anew, which does no harm.</summary>
    public static ClusterState Open(string path)
    {
        try
        {
            return new ClusterState(path, Read(File.ReadAllBytes(path)));
        }
        catch (Exception error) when (error is IOException or JsonException or InvalidOperationException or KeyNotFoundException)
        {
            return new ClusterState(path, new Dictionary<string, ApplicationState>(StringComparer.Ordinal));
        }
    }

    public ApplicationState this[string environment]
    {
        get
        {
            lock (_lock)
                return _states.GetValueOrDefault(environment, ApplicationState.None);
        }
        set
        {
            lock (_lock)
            {
                _states[environment] = value;
                StateFile.Write(_path, Answers.Bytes(Write));
            }
        }
    }

    public void Remove(string environment)
    {
        lock (_lock)
        {
            if (_states.Remove(environment))
                StateFile.Write(_path, Answers.Bytes(Write));
        }
    }

    private static Dictionary<string, ApplicationState> Read(byte[] content)
    {
        var states = new Dictionary<string, ApplicationState>(StringComparer.Ordinal);
        using var document = JsonDocument.Parse(content);
        foreach (JsonProperty entry in document.RootElement.EnumerateObject())
        {
            states[entry.Name] = new ApplicationState(
                entry.Value.GetProperty("manifestHash").GetString() ?? "", entry.Value.GetProperty("liveTag").GetString() ?? "",
                [.. entry.Value.GetProperty("goodTags").EnumerateArray().Select(tag => tag.GetString() ?? "")]);
        }

        return states;
    }

    private void Write(Utf8JsonWriter json)
    {
        foreach ((string environment, ApplicationState state) in _states)
        {
            json.WriteStartObject(environment);
            json.WriteString("manifestHash", state.ManifestHash);
            json.WriteString("liveTag", state.LiveTag);
            json.WriteStartArray("goodTags");
            foreach (string tag in state.GoodTags)
                json.WriteStringValue(tag);
            json.WriteEndArray();
            json.WriteEndObject();
        }
    }
}
