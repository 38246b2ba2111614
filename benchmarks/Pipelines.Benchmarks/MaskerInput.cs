using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Pipelines.Benchmarks;

/// <summary>Secrets as services have them, and text as builds print it; the same in every run.</summary>
[SuppressMessage("Security", "CA5394:Do not use insecure randomness", Justification = "the same input in every run; none of it protects anything")]
internal static class MaskerInput
{
    private const string TokenCharacters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
    private const string PasswordCharacters = TokenCharacters + "!@#$%^&*()-_=+[]{};:'\",.<>/?\\|`~";

    /// <summary>Tokens, keys, passwords with punctuation, connection strings, JSON and, one in ten, a private key of many lines.</summary>
    public static IReadOnlyList<string> Secrets(int count)
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, count).Select(number => (number % 10) switch
        {
            0 => PrivateKey(random),
            1 => $"postgres://order:{Of(random, TokenCharacters, 24)}@db-{number}.internal:5432/orders",
            2 => $"{{\"username\": \"svc_{Of(random, TokenCharacters, 8)}\", \"password\": \"{Of(random, TokenCharacters, 32)}\", \"host\": \"db-{number}.internal\", \"port\": 5432}}",
            3 => "ghp_" + Of(random, TokenCharacters, 36),
            4 => "xoxb-" + Of(random, "0123456789", 12) + "-" + Of(random, TokenCharacters, 24),
            5 => Guid.Parse(Of(random, "0123456789abcdef", 32)).ToString(),
            6 => Of(random, TokenCharacters + "+/", 40),
            7 => "sk_live_" + Of(random, TokenCharacters, 24),
            _ => Of(random, PasswordCharacters, random.Next(10, 25)),
        })];
    }

    /// <summary>Lines of a build.</summary>
    /// <param name="bytes">About how many.</param>
    /// <param name="hits">Printed about every 10 KB, in turn; none for text without hits.</param>
    public static byte[] Text(int bytes, IReadOnlyList<string> hits)
    {
        var random = new Random(2);
        var text = new StringBuilder(bytes + 1024);
        int lastHit = 0;
        for (int number = 0; text.Length < bytes; number++)
        {
            text.Append((number % 8) switch
            {
                0 => $"2026-01-02T03:{random.Next(60):00}:{random.Next(60):00}.{random.Next(1000):000}Z INFO  com.example.orders.OrderController - GET /api/v1/orders/{random.Next(100000)}?page=2&size=50 -> 200 in {random.Next(500)} ms",
                1 => $"#12 sha256:{Of(random, "0123456789abcdef", 64)} {random.Next(30)}.{random.Next(99)}MB / 31.36MB 0.{random.Next(9)}s",
                2 => $"  Downloading https://files.pythonhosted.org/packages/{Of(random, "0123456789abcdef", 60)}/requests-2.32.{random.Next(9)}-py3-none-any.whl (64 kB)",
                3 => $"[INFO] Tests run: {random.Next(50)}, Failures: 0, Errors: 0, Skipped: {random.Next(3)}, Time elapsed: 0.{random.Next(999)} s -- in com.example.orders.pricing.DiscountPolicyTest",
                4 => $"src/orders/pricing/discount_policy.py:{random.Next(400)}:{random.Next(80)}: E501 line too long ({random.Next(80, 140)} > 79 characters)",
                5 => $"added {random.Next(900)} packages, and audited {random.Next(1500)} packages in {random.Next(20)}s; run `npm fund` for details",
                6 => "------------------------------------------------------------------------",
                _ => $"   at Orders.Pricing.DiscountPolicy.Apply(Order order, CancellationToken cancellationToken) in /src/Orders/Pricing/DiscountPolicy.cs:line {random.Next(300)}",
            }).Append('\n');
            if (hits.Count > 0 && text.Length - lastHit > 10_000)
            {
                lastHit = text.Length;
                text.Append("token is ").Append(hits[number % hits.Count]).Append('\n');
            }
        }

        return Encoding.UTF8.GetBytes(text.ToString());
    }

    private static string PrivateKey(Random random) =>
        "-----BEGIN PRIVATE KEY-----\n" + string.Concat(Enumerable.Range(0, 26).Select(_ => Of(random, TokenCharacters + "+/", 64) + "\n")) + "-----END PRIVATE KEY-----\n";

    private static string Of(Random random, string alphabet, int length) => string.Create(length, (random, alphabet), static (span, state) =>
    {
        foreach (ref char character in span)
            character = state.alphabet[state.random.Next(state.alphabet.Length)];
    });
}
