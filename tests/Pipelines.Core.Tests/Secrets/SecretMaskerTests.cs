using System.Net;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Tests.Secrets;

public class SecretMaskerTests
{
    private const string Awkward = "p@ss \"w'ord\\$1<&>/+é!`x";

    private static SecretMasker MaskerOf(params string[] secrets)
    {
        var masker = new SecretMasker("order-service");
        foreach (string secret in secrets)
            masker.Add(Secret.Of(secret, "env://TEST"));
        return masker;
    }

    // The masking table of the field notes, row by row.

    public static TheoryData<string> Prefixes => ["", "x", "xy", "xyz"];

    [Theory]
    [MemberData(nameof(Prefixes))]
    public void Mask_Base64AtAnyShift_LeavesNoBitOfTheSecret(string prefix) // GitHub runner: leading bytes of shifted base64 leak; MP: only the unshifted form
    {
        const string secret = "correct-horse";
        foreach (string suffix in (string[])["", "1", "12", "123"])
        {
            byte[] bytes = Encoding.UTF8.GetBytes(prefix + secret + suffix);
            string standard = Convert.ToBase64String(bytes);
            string[] forms = [standard, standard.TrimEnd('='), standard.Replace('+', '-').Replace('/', '_')];
            foreach (string form in forms)
            {
                string masked = MaskerOf(secret).Mask($"token: {form}.");
                string kept = masked["token: ".Length..masked.IndexOf("***", StringComparison.Ordinal)];
                Assert.True(kept.Length * 6 <= prefix.Length * 8, $"'{kept}' before the mask holds bits of the secret, in {masked}"); // only whole characters of the prefix
                string after = masked[(masked.IndexOf("***", StringComparison.Ordinal) + 3)..].TrimEnd('.').TrimEnd('=');
                Assert.True(after.Length <= ((suffix.Length * 8) + 5) / 6, $"'{after}' after the mask holds bits of the secret, in {masked}");
            }
        }
    }

    [Theory]
    [InlineData("abc>>>???def~~~")] // + and / in base64
    [InlineData("ÿþýüûúùø")]
    public void Mask_UrlSafeBase64_IsMasked(string secret)
    {
        string standard = Convert.ToBase64String(Encoding.UTF8.GetBytes(secret));
        Assert.Equal("a=*** b=***", MaskerOf(secret).Mask($"a={standard} b={standard.Replace('+', '-').Replace('/', '_').TrimEnd('=')}"));
    }

    [Theory]
    [InlineData(64, "\n")]
    [InlineData(76, "\n")]
    [InlineData(76, "\r\n")]
    public void Mask_WrappedBase64_EachLineIsMaskedAndTheShortLastOneWithTheOneBefore(int width, string lineEnd)
    {
        for (int length = width; length < 2 * width; length++) // last lines of every length
        {
            string secret = string.Concat(Enumerable.Range(0, length).Select(number => (char)('!' + (number * 7 % 90))));
            string[] lines = [.. Convert.ToBase64String(Encoding.UTF8.GetBytes(secret)).Chunk(width).Select(line => new string(line))];
            string masked = MaskerOf(secret).Mask("a\n" + string.Join(lineEnd, lines) + "\nb");
            Assert.Matches("^a\n\\*\\*\\*(\r?\n\\*\\*\\*)*\nb$", masked);
        }
    }

    [Theory]
    [InlineData("postgres://order:s3cr3t-pass@db.internal:5432/orders", "s3cr3t-pass")]
    [InlineData("postgres://order:s3cr%2Ft-pass@db.internal/orders", "s3cr/t-pass")]
    [InlineData("redis://:s3cr3t-pass@cache:6379", "s3cr3t-pass")]
    [InlineData("https://ghp_0123456789abcdef@github.com/org/repo", "ghp_0123456789abcdef")]
    [InlineData("amqp://u:one-secret@a,amqp://u:two-secret@b", "two-secret")]
    [InlineData("Host=db;Username=order;Password=s3cr3t-pass;", "s3cr3t-pass")]
    [InlineData("Server=db;Pwd = 's3cr3t;pass' ;Encrypt=true", "s3cr3t;pass")]
    [InlineData("host=db password=s3cr3t-pass sslmode=require", "s3cr3t-pass")]
    [InlineData("cache:6380,password=s3cr3t-pass,ssl=True", "s3cr3t-pass")]
    [InlineData("DefaultEndpointsProtocol=https;AccountName=acc;AccountKey=abcdef0123456789==;EndpointSuffix=x", "abcdef0123456789==")]
    [InlineData("{\"url\": \"mysql://u:s3cr3t-pass@db/x\"}", "s3cr3t-pass")]
    public void Mask_PasswordWithinAnAddressOrConnectionString_IsMaskedOnItsOwn(string secret, string password)
    {
        Assert.Equal("login with ***.", MaskerOf(secret).Mask($"login with {password}."));
        Assert.Equal("db.internal order cache github.com sslmode", MaskerOf(secret).Mask("db.internal order cache github.com sslmode"));
    }

    [Fact]
    public void Mask_PowerShellEncodedCommand_LeavesNoBitOfTheSecret()
    {
        const string secret = "correct-horse";
        foreach (string script in (string[])["$t='{0}'", "${0}", "xx{0}", "x{0}yy", "{0}"])
        {
            string encoded = Convert.ToBase64String(Encoding.Unicode.GetBytes(script.Replace("{0}", secret, StringComparison.Ordinal)));
            string left = MaskerOf(secret).Mask(encoded).Replace("***", "", StringComparison.Ordinal).TrimEnd('=');
            Assert.True(left.Length * 6 < (script.Length - 3 + 1) * 16, $"{script}: {left}");
        }
    }

    [Fact]
    public void Mask_Utf16Surrogates_OtherTextStays() => Assert.Equal("😀 *** 😀é", MaskerOf("p😀ssword").Mask("😀 p😀ssword 😀é"));

    public static TheoryData<string, string> Encodings => new()
    {
        { "raw", Awkward },
        { "Uri.EscapeDataString", Uri.EscapeDataString(Awkward) },
        { "percent, lower case", Uri.EscapeDataString(Awkward).Replace("%C3%A9", "%c3%a9", StringComparison.Ordinal).Replace("%5C", "%5c", StringComparison.Ordinal).Replace("%3C", "%3c", StringComparison.Ordinal).Replace("%3E", "%3e", StringComparison.Ordinal).Replace("%2F", "%2f", StringComparison.Ordinal).Replace("%2B", "%2b", StringComparison.Ordinal) },
        { "form", WebUtility.UrlEncode(Awkward) },
        { "encodeURIComponent", "p%40ss%20%22w'ord%5C%241%3C%26%3E%2F%2B%C3%A9!%60x" },
        { "encodeURI", "p@ss%20%22w'ord%5C$1%3C&%3E/+%C3%A9!%60x" },
        { "System.Text.Json", JsonSerializer.Serialize(Awkward)[1..^1] },
        { "System.Text.Json relaxed", JsonSerializer.Serialize(Awkward, new JsonSerializerOptions { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping })[1..^1] },
        { "JSON in Python", "p@ss \\\"w'ord\\\\$1<&>/+\\u00e9!`x" },
        { "JSON in PHP", "p@ss \\\"w'ord\\\\$1<&>\\/+é!`x" },
        { "JSON in Go", "p@ss \\\"w'ord\\\\$1\\u003c\\u0026\\u003e/+é!`x" },
        { "XML text", "p@ss \"w'ord\\$1&lt;&amp;&gt;/+é!`x" },
        { "XML attribute", "p@ss &quot;w&apos;ord\\$1&lt;&amp;&gt;/+é!`x" },
        { "HTML", "p@ss &quot;w&#39;ord\\$1&lt;&amp;&gt;/+é!`x" },
        { "HTML in Go", "p@ss &#34;w&#39;ord\\$1&lt;&amp;&gt;/+é!`x" },
        { "WebUtility.HtmlEncode", WebUtility.HtmlEncode(Awkward) },
        { "sh, single quotes", "p@ss \"w'\\''ord\\$1<&>/+é!`x" },
        { "shlex.quote", "p@ss \"w'\"'\"'ord\\$1<&>/+é!`x" },
        { "sh, double quotes", "p@ss \\\"w'ord\\\\\\$1<&>/+é!\\`x" },
        { "bash printf %q", "p@ss\\ \\\"w\\'ord\\\\\\$1\\<\\&\\>/+é\\!\\`x" },
        { "PowerShell, single quotes", "p@ss \"w''ord\\$1<&>/+é!`x" },
        { "PowerShell, double quotes", "p@ss `\"w'ord\\`$1<&>/+é!``x" },
        { "C#, Java, Go %q", "p@ss \\\"w'ord\\\\$1<&>/+é!`x" },
        { "C# verbatim, CSV", "p@ss \"\"w'ord\\$1<&>/+é!`x" },
        { "Python repr", "p@ss \"w\\'ord\\\\$1<&>/+é!`x" },
        { "Windows arguments", "p@ss \\\"w'ord\\$1<&>/+é!`x" },
        { "Newtonsoft.Json, EscapeHtml", "p@ss \\u0022w\\u0027ord\\\\$1\\u003c\\u0026\\u003e/+é!`x" },
        { "HttpUtility.JavaScriptStringEncode", System.Web.HttpUtility.JavaScriptStringEncode(Awkward) },
        { "Regex.Escape", System.Text.RegularExpressions.Regex.Escape(Awkward) },
        { "re.escape in Python", "p@ss\\ \"w'ord\\\\\\$1<\\&>/\\+é!`x" },
        { "PowerShell, doubled double quotes", "p@ss \"\"w'ord\\`$1<&>/+é!``x" },
        { "PowerShell, bare word", "p`@ss` `\"w`'ord\\`$1`<`&`>/+é!``x" },
        { "PowerShell, CodeGeneration", Awkward.Replace("'", "''", StringComparison.Ordinal) },
        { "UTF-16LE base64", Convert.ToBase64String(Encoding.Unicode.GetBytes(Awkward)) },
        { "hex", Convert.ToHexString(Encoding.UTF8.GetBytes(Awkward)) },
        { "hex, lower case", Convert.ToHexStringLower(Encoding.UTF8.GetBytes(Awkward)) },
    };

    [Theory]
    [MemberData(nameof(Encodings))]
    public void Mask_EveryEncoding_IsMaskedWhole(string encoding, string encoded)
    {
        Assert.NotEmpty(encoding);
        Assert.Equal("before *** after", MaskerOf(Awkward).Mask($"before {encoded} after"));
    }

    [Fact]
    public void Mask_MultiLineSecret_EachLineAndTheWholeAreMasked() // Jenkins: multi-line secrets are not masked
    {
        SecretMasker masker = MaskerOf("first-line\r\n  second-line\n\nabc\n------\n");
        Assert.Equal("1 ***", masker.Mask("1 first-line"));
        Assert.Equal("2 ***", masker.Mask("2 second-line"));
        Assert.Equal("3 ***", masker.Mask("3 first-line\n  second-line\n\nabc\n------"));
        Assert.Equal("4 ***", masker.Mask("4 first-line\r\n  second-line\r\n\r\nabc\r\n------"));
        Assert.Equal("5 ***", masker.Mask("5 first-line\\n  second-line\\n\\nabc\\n------\\n"));
        Assert.Equal("abc ------", masker.Mask("abc ------")); // too short, and punctuation only
    }

    [Fact]
    public void Mask_JsonSecret_MasksItsStringsAndNotThePunctuation() // runner#326, #1488, #2232
    {
        SecretMasker masker = MaskerOf("""
            {
              "user": "order-db-user", "engine": "postgres", "port": 5432, "nested": { "list": ["inner-secret-1", "a\nb", "quo\"te-secret"] }
            }
            """);
        Assert.Equal("{ } [ ] \"user\": , postgres 5432", masker.Mask("{ } [ ] \"user\": , postgres 5432"));
        Assert.Equal("*** *** ***", masker.Mask("order-db-user inner-secret-1 quo\"te-secret"));
        Assert.Equal("\"***\"", masker.Mask("\"quo\\\"te-secret\""));
    }

    [Fact]
    public void Mask_PowerShellErrorStream_MultiLineSecretIsMasked() => Assert.Equal("<S S=\"Error\">***</S>", MaskerOf("first<1\r\n2\r\nx").Mask("<S S=\"Error\">first&lt;1_x000D__x000A_2_x000D__x000A_x</S>"));

    [Fact]
    public void Mask_JsonSecretWithPrettyPrintedLines_DoesNotMaskBlankOrBracketLines() =>
        Assert.Equal("        }\n      ],", MaskerOf("{\n  \"a\": [\n      {\n        \"b\": \"inner-secret\"\n        }\n      ],\n  \"c\": 1}").Mask("        }\n      ],"));

    [Fact]
    public void Mask_OverlappingSecrets_LeaveNoTail() // MP: overlapping secrets leak the tail
    {
        Assert.Equal("x***y", MaskerOf("abcdef", "defghi").Mask("xabcdefghiy"));
        Assert.Equal("x***y", MaskerOf("abcdef", "abcdefghijkl").Mask("xabcdefghijkly"));
        Assert.Equal("x***y", MaskerOf("cdefgh", "abcdefghijkl").Mask("xabcdefghijkly"));
        Assert.Equal("x***y", MaskerOf("ababab").Mask("xabababababy"));
    }

    [Fact]
    public void Mask_AccountIdAndAppName_AreNotMasked() // amazon-ecr-login#400, #546
    {
        const string text = "123456789012.dkr.ecr.ap-south-1.amazonaws.com/order-service:true";
        Assert.Same(text, MaskerOf("123456789012", "order-service", "true", "42", "1.5").Mask(text));
    }

    [Fact]
    public void Add_ValueThatIsNotMasked_SaysSoOnceByReference()
    {
        var told = new List<string>();
        var masker = new SecretMasker("order-service") { NotMasked = (reference, reason) => told.Add($"{reference}: {reason}") };
        foreach ((string value, string reference) in ((string, string)[])[("true", "env://FLAG"), ("true", "env://FLAG"), ("false", "env://FLAG"), ("123456789012", "env://ACCOUNT"), ("ORDER-service", "env://APP"), ("1234567", "env://N"), ("      ", "env://BLANK")])
            masker.Add(Secret.Of(value, reference));
        Assert.Equal(
            ["env://FLAG: it has fewer than 6 characters", "env://ACCOUNT: it is a number of 12 digits, as AWS account ids are", "env://APP: it is a word that any log is full of", "env://N: it is a number", "env://BLANK: it is blank"],
            told);
    }

    [Fact]
    public void Mask_WithoutSecrets_ReturnsTheSameInstanceAndAllocatesNothing() // MP#3756
    {
        var masker = new SecretMasker();
        string text = new('x', 1000);
        Assert.Same(text, masker.Mask(text));
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int round = 0; round < 1000; round++)
            masker.Mask(text);
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Fact]
    public void Mask_WithoutHit_ReturnsTheSameInstance()
    {
        string text = new('x', 1000);
        Assert.Same(text, MaskerOf("some-secret").Mask(text));
    }

    [Fact]
    public void Add_NewValue_IsAnnouncedLineByLineBeforeItReturns()
    {
        var announced = new List<string>();
        var masker = new SecretMasker { Announce = announced.Add };
        masker.Add(Secret.Of("first-line\nsecond-line\nx", "env://A"));
        Assert.Equal(["first-line", "second-line"], announced);
        masker.Add(Secret.Of("first-line\nsecond-line\nx", "env://B"));
        masker.Add(Secret.Of("true", "env://C"));
        Assert.Equal(2, announced.Count);
        masker.Add(Secret.Of("""{"a":"json-secret"}""", "env://D"));
        Assert.Contains("json-secret", announced);
    }

    [Fact]
    public async Task Add_WhileOthersMask_EverySecretIsMaskedOnceAddReturned()
    {
        var masker = new SecretMasker();
        await Task.WhenAll(Enumerable.Range(0, 8).Select(worker => Task.Run(() =>
        {
            for (int number = 0; number < 25; number++)
            {
                string secret = $"secret-{worker}-{number}-end";
                masker.Add(Secret.Of(secret, "env://X"));
                Assert.Equal("a *** b", masker.Mask($"a {secret} b"));
            }
        })));
    }
}
