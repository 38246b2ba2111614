using System.Globalization;
using System.Text.Json;
using Pipelines.Sandbox.Hosting;

namespace Pipelines.Sandbox.Slack;

/// <summary>The channels with their messages: in memory, and line by line in a file where a person sees what would have been posted.</summary>
internal sealed class SlackChannels(string journal, IReadOnlyList<string>? known, TimeProvider time)
{
    private const string Webhook = "webhook";

    private readonly Lock _lock = new();
    private readonly List<SlackMessage> _messages = [];
    private readonly Dictionary<string, string> _names = new(StringComparer.Ordinal);
    private long _lastTimestamp;

    public IReadOnlyList<SlackMessage> Messages
    {
        get
        {
            lock (_lock)
                return [.. _messages];
        }
    }

    /// <summary>Takes a message for a channel, by name or id. Returns Slack's error, or null.</summary>
    public string? Post(SlackPayload payload, out string channel, out string timestamp)
    {
        channel = timestamp = "";
        if (payload.Channel.Length < 2 || !(known is null || known.Contains(payload.Channel)))
            return "channel_not_found";
        lock (_lock)
        {
            channel = Id(payload.Channel);
            timestamp = NextTimestamp();
            _names[channel] = payload.Channel;
            Keep("chat.postMessage", new SlackMessage(payload.Channel, timestamp, payload.Text, payload.Blocks, 0));
        }

        return null;
    }

    /// <summary>Changes a message in place. As Slack, it wants the channel's id that the post was answered with, not its name.</summary>
    public string? Update(SlackPayload payload, out string channel, out string timestamp)
    {
        (channel, timestamp) = (payload.Channel, payload.Timestamp);
        lock (_lock)
        {
            if (!_names.TryGetValue(payload.Channel, out string? name))
                return "channel_not_found";
            int index = _messages.FindIndex(message => message.Channel == name && message.Timestamp == payload.Timestamp);
            if (index < 0)
                return "message_not_found";
            SlackMessage updated = _messages[index] with { Text = payload.Text, Blocks = payload.Blocks, Updates = _messages[index].Updates + 1 };
            _messages.RemoveAt(index);
            Keep("chat.update", updated, index);
        }

        return null;
    }

    /// <summary>Takes a message through the webhook.</summary>
    public void Add(SlackPayload payload)
    {
        lock (_lock)
            Keep(Webhook, new SlackMessage(Webhook, NextTimestamp(), payload.Text, payload.Blocks, 0));
    }

    private void Keep(string call, SlackMessage message, int? index = null)
    {
        _messages.Insert(index ?? _messages.Count, message);
        byte[] line = Answers.Bytes(json =>
        {
            json.WriteString("call", call);
            json.WriteString("channel", message.Channel);
            json.WriteString("ts", message.Timestamp);
            json.WriteString("text", message.Text);
            if (message.Blocks is not null)
            {
                using var blocks = JsonDocument.Parse(message.Blocks); // on one line, whatever the sender's layout
                json.WritePropertyName("blocks");
                blocks.RootElement.WriteTo(json);
            }
        });
        using FileStream file = new(journal, FileMode.Append, FileAccess.Write, FileShare.Read);
        file.Write([.. line, (byte)'\n']);
    }

    private static string Id(string name) =>
        name[0] is 'C' or 'G' or 'D' && name.All(char.IsAsciiLetterOrDigit) ? name : "C" + Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(name)))[..10];

    // Seconds and microseconds, unique in a channel.
    private string NextTimestamp()
    {
        _lastTimestamp = Math.Max(_lastTimestamp + 1, time.GetUtcNow().UtcTicks / 10 - DateTimeOffset.UnixEpoch.UtcTicks / 10);
        return string.Create(CultureInfo.InvariantCulture, $"{_lastTimestamp / 1_000_000}.{_lastTimestamp % 1_000_000:D6}");
    }
}
