using System.Text;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Core.Stages.Scan;

/// <summary>How the secret scan reads a file of the sources.</summary>
internal static class SourceFile
{
    /// <summary>A larger file is data, and skipped.</summary>
    public const int MaxBytes = 1024 * 1024;

    /// <summary>Git calls a file binary that has a NUL in its first 8000 bytes (buffer_is_binary in its xdiff-interface.c).</summary>
    private const int BinaryProbe = 8000;

    private static readonly HashSet<string> CodeExtensions = new(StringComparer.OrdinalIgnoreCase)
    {
        ".cs", ".fs", ".vb", ".cshtml", ".razor", ".py", ".pyi", ".ipynb", ".js", ".jsx", ".mjs", ".cjs", ".ts", ".tsx", ".vue", ".svelte", ".java", ".kt", ".kts", ".scala", ".groovy", ".gradle", ".go", ".rb", ".php", ".c", ".h",
        ".cc", ".cpp", ".hpp", ".m", ".mm", ".rs", ".swift", ".dart", ".lua", ".ex", ".exs", ".erl", ".clj", ".pl", ".r", ".sql", ".html", ".css", ".scss", ".less",
    };

    public static TextKind KindOf(string path) =>
        CodeExtensions.Contains(Path.GetExtension(path)) || Path.GetFileName(path).StartsWith("Jenkinsfile", StringComparison.Ordinal) ? TextKind.Code : TextKind.Configuration;

    /// <summary>The text; null for a binary file.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes)
    {
        if (bytes.StartsWith(Encoding.Unicode.Preamble))
            return Encoding.Unicode.GetString(bytes[2..]);
        if (bytes.StartsWith(Encoding.BigEndianUnicode.Preamble))
            return Encoding.BigEndianUnicode.GetString(bytes[2..]);
        return bytes[..Math.Min(bytes.Length, BinaryProbe)].Contains((byte)0) ? null : Encoding.UTF8.GetString(bytes);
    }
}
