#pragma warning disable CA3003 // what comes from a request was matched against the spec's patterns for names, tags and digests, which know no ".."

namespace Pipelines.Sandbox.Hosting;

/// <summary>Files that are whole or not there, even if the process is killed in the middle.</summary>
internal static class StateFile
{
    public static void Write(string path, ReadOnlySpan<byte> content)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        string temporary = $"{path}.{Guid.NewGuid():N}.tmp";
        using (FileStream stream = File.Create(temporary))
        {
            stream.Write(content);
            stream.Flush();
        }

        File.Move(temporary, path, overwrite: true);
    }
}
