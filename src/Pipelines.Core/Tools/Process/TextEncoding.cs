using System.Text;

namespace Pipelines.Core.Tools;

/// <summary>UTF-8 without a byte order mark; what is no UTF-8 becomes replacement characters.</summary>
internal static class TextEncoding
{
    public static Encoding Utf8 { get; } = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: false);
}
