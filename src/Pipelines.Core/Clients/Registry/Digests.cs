using System.Buffers;
using System.Security.Cryptography;

namespace Pipelines.Core.Clients.Registry;

/// <summary>Content digests as the OCI image-spec writes them.</summary>
internal static class Digests
{
    private static readonly SearchValues<char> LowerHex = SearchValues.Create("0123456789abcdef");

    public static string Of(ReadOnlySpan<byte> content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    public static async Task<string> OfAsync(Stream content, CancellationToken cancellationToken) =>
        "sha256:" + Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancellationToken).ConfigureAwait(false));

    /// <summary>The digest with the algorithm that <paramref name="expected"/> names.</summary>
    public static string OfLike(string expected, ReadOnlySpan<byte> content) =>
        expected.StartsWith("sha512:", StringComparison.Ordinal) ? "sha512:" + Convert.ToHexStringLower(SHA512.HashData(content)) : Of(content);

    public static bool IsSha256(string? text) => text is { Length: 71 } && text.StartsWith("sha256:", StringComparison.Ordinal) && text.AsSpan(7).IndexOfAnyExcept(LowerHex) < 0;
}
