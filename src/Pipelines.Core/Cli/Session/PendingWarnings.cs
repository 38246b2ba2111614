using Pipelines.Core.Engine;

namespace Pipelines.Core.Cli.Session;

/// <summary>Warnings that come up before there is anybody to hear them.</summary>
internal sealed class PendingWarnings
{
    private readonly Lock _lock = new();
    private readonly List<string> _pending = [];
    private EventHub? _hub;

    public void Add(string text)
    {
        EventHub? hub;
        lock (_lock)
        {
            hub = _hub;
            if (hub is null)
                _pending.Add(text);
        }

        hub?.Warn(text);
    }

    public void SendTo(EventHub hub)
    {
        string[] pending;
        lock (_lock)
        {
            _hub = hub;
            pending = [.. _pending];
        }

        foreach (string text in pending)
            hub.Warn(text);
    }
}
