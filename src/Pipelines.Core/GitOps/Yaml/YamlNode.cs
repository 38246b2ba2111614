using YamlDotNet.Core;

namespace Pipelines.Core.GitOps;

/// <summary>A node of a YAML document with its place in the text.</summary>
internal abstract record YamlNode(Mark Start)
{
    public sealed record Map(Mark Start, IReadOnlyList<(YamlNode Key, YamlNode Value)> Entries) : YamlNode(Start);

    public sealed record Sequence(Mark Start, IReadOnlyList<YamlNode> Items) : YamlNode(Start);

    public sealed record Alias(Mark Start, string Name) : YamlNode(Start);

    /// <param name="Start">Where the node starts, its anchor and tag included.</param>
    /// <param name="Value">The text it stands for.</param>
    /// <param name="Style">How it is written.</param>
    /// <param name="IsString">Whether a tag says that it is a string.</param>
    /// <param name="From">The first character of the value itself.</param>
    /// <param name="To">The character after it.</param>
    /// <param name="EventIndex">Its number among the events of the file.</param>
    public sealed record Scalar(Mark Start, string Value, ScalarStyle Style, bool IsString, int From, int To, int EventIndex) : YamlNode(Start);
}
