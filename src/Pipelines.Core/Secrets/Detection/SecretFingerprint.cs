using System.Security.Cryptography;
using System.Text;

namespace Pipelines.Core.Secrets.Detection;

/// <summary>A short name of a value that does not tell it: the first 16 hex digits of its SHA-256.</summary>
internal static class SecretFingerprint
{
    private const int Bytes = 8;
    private const string Digits = "0123456789abcdef";

    public static string Of(string value)
    {
#if NET
        byte[] hash = SHA256.HashData(Encoding.UTF8.GetBytes(value));
#else
        using var sha = SHA256.Create();
        byte[] hash = sha.ComputeHash(Encoding.UTF8.GetBytes(value));
#endif
        char[] text = new char[2 * Bytes];
        for (int index = 0; index < Bytes; index++)
        {
            text[2 * index] = Digits[hash[index] >> 4];
            text[(2 * index) + 1] = Digits[hash[index] & 15];
        }

        return new string(text);
    }
}
