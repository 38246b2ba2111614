namespace Pipelines.Core.Tools.Git;

/// <summary>A file of a commit.</summary>
/// <param name="Bytes">Its content, exactly as it is stored.</param>
/// <param name="Mode">Its mode, such as <c>100644</c>.</param>
internal sealed record GitFile(byte[] Bytes, string Mode)
{
    public bool IsSymbolicLink => Mode == "120000";

    public bool IsRegular => Mode.StartsWith("100", StringComparison.Ordinal);
}
