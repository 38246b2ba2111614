using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Core.Tests.Secrets.Detection;

/// <summary>Every token here is put together while the test runs: no scanner of any host takes this file for a leak.</summary>
public class SecretDetectorTests
{
    private const string Letters = "q7Zr1Tn4Kc9Wd2Xs6Lf8Bv3Hm5Jp0GyYtRw2Ue7Ia4Od1Nx6Sb9Ck3Fz8Vq5Ml0PhQj2Ew7Ro4Ty1Ui9Ga6Bk8Vd3Xm7";
    private const string Digits = "4f9a1c7e2b8d6035e1f4c9a7b2d8063f5a1e9c4b7d2f8063a5c1e7b9d4f20836";

    /// <summary>Rule and secret, each secret as its issuer writes it.</summary>
    public static TheoryData<string, string> Tokens => new()
    {
        { "aws-access-key-id", "AKIA" + "Q4RT7YUI2OPLK5JH" },
        { "aws-access-key-id", "ASIA" + "Q4RT7YUI2OPLK5JH" },
        { "stripe-key", "sk_live_" + Letters[..24] },
        { "stripe-key", "rk_test_" + Letters[..40] },
        { "stripe-webhook-secret", "whsec_" + Letters[..32] },
        { "github-token", "ghp_" + Letters[..36] },
        { "github-token", "gho_" + Letters[..36] },
        { "github-token", "github_pat_" + Letters[..22] + "_" + Letters[..59] },
        { "gitlab-token", "glpat-" + Letters[..20] },
        { "gitlab-token", "glrt-" + Letters[..20] },
        { "slack-token", "xoxb-" + "274918365027-481920375615-" + Letters[..24] },
        { "slack-token", "xapp-" + "1-A0B1C2D3-481920375615-" + Digits[..40] },
        { "slack-webhook", "hooks.slack.com/services/" + "T0A1B2C3D/B9Z8Y7X6W/" + Letters[..24] },
        { "google-api-key", "AIza" + Letters[..35] },
        { "google-oauth-secret", "GOCSPX-" + Letters[..28] },
        { "npm-token", "npm_" + Letters[..36] },
        { "nuget-key", "oy2" + Letters[..43].ToLowerInvariant() },
        { "pypi-token", "pypi-AgE" + "IcHlwaS5vcmc" + Letters[..70] },
        { "sendgrid-key", "SG." + Letters[..22] + "." + Letters[..43] },
        { "azure-storage-key", "AccountKey=" + Letters[..86] + "==" },
        { "azure-shared-access-key", "SharedAccessKey=" + Letters[..43] + "=" },
        { "digitalocean-token", "dop_v1_" + Digits },
        { "docker-token", "dckr_pat_" + Letters[..27] },
        { "vault-token", "hvs." + Letters[..80] },
        { "openai-key", "sk-proj-" + Letters[..80] },
        { "anthropic-key", "sk-ant-" + "api03-" + Letters[..80] },
        { "huggingface-token", "hf_" + Letters[..34] },
        { "new-relic-key", "NRAK-" + Letters[..27].ToUpperInvariant() },
        { "shopify-token", "shpat_" + Digits[..32] },
        { "databricks-token", "dapi" + Digits[..32] },
        { "jwt", "eyJ" + "hbGciOiJIUzI1NiJ9" + ".eyJ" + "zdWIiOiI0MjQyIn0." + Letters[..43] },
        { "private-key", "-----BEGIN " + "RSA PRIVATE KEY-----\n" + Letters[..64] },
        { "private-key", "-----BEGIN " + "OPENSSH PRIVATE KEY-----\\n" + Letters[..64] },
    };

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Find_TokenInAnyText_IsFoundOnceAndNeverShown(string rule, string token)
    {
        foreach (string text in (string[])[token, $"value: {token}\n", $"call(\"{token}\");\nnext();", $"first line\r\n  x = '{token}'\r\n"])
        {
            SecretMatch match = Assert.Single(SecretDetector.Find(text, TextKind.Code));
            Assert.Equal(rule, match.Rule.Id);
            Assert.True(match.Rule.IsCertain);
            Assert.Equal(text.IndexOf(token, StringComparison.Ordinal), match.Start);
            Assert.True(match.Preview.Length < token.Length - 12, match.Preview);
            Assert.Matches("^[0-9a-f]{16}$", match.Fingerprint);
        }
    }

    [Theory]
    [MemberData(nameof(Tokens))]
    public void Find_TokenInsideALongerWord_IsNone(string rule, string token)
    {
        if (!rule.StartsWith("azure", StringComparison.Ordinal) && rule is not ("slack-webhook" or "private-key"))
            Assert.Empty(SecretDetector.Find("Zz" + token, TextKind.Code));
    }

    [Theory]
    [InlineData("AKIA" + "IOSFODNN7EXAMPLE")] // AWS's documentation
    [InlineData("AKIA" + "AAAAAAAAAAAAAAAA")]
    [InlineData("AKIA" + "ABCDEFGHIJKLMNOP")]
    [InlineData("sk_test_" + "4eC39HqLyjWDar" + "jtT1zdp7dc")] // Stripe's documentation
    [InlineData("ghp_" + "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx")]
    [InlineData("ghp_" + "0123456789012345678901234567890123456")]
    [InlineData("xoxb-your-slack-bot-token-goes-here")]
    [InlineData("AKIA${SUFFIX}")]
    [InlineData("glpat-<your-token-of-gitlab-here>")]
    [InlineData("-----BEGIN " + "PRIVATE KEY-----")] // a program that reads keys
    [InlineData("-----BEGIN " + "PRIVATE KEY-----\n...\n-----END PRIVATE KEY-----")]
    [InlineData("-----BEGIN CERTIFICATE-----\nMIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJ\n")]
    [InlineData("hooks.slack.com/services/T00000000/B00000000/XXXXXXXXXXXXXXXXXXXXXXXX")] // Slack's documentation
    public void Find_DocumentedExampleOrPlaceholder_IsNone(string text) => Assert.Empty(SecretDetector.Find($"x = \"{text}\"\n", TextKind.Code));

    [Fact]
    public void Find_FirstTokenOfJwtIo_IsNone() => Assert.Empty(SecretDetector.Find("eyJhbGciOiJIUzI1NiIsInR5cCI6IkpXVCJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0." + "SflKxwRJSMeKKF2QT4fw" + "pMeJf36POk6yJV_adQssw5c", TextKind.Code));

    [Theory]
    [InlineData("db_password = \"", "\"", "Code", "named-secret")]
    [InlineData("\"apiToken\": \"", "\"", "Code", "named-secret")]
    [InlineData("API_KEY=", "\n", "Configuration", "named-secret")]
    [InlineData("spring.datasource.password: ", "\n", "Configuration", "named-secret")]
    [InlineData("client_secret: str = '", "'", "Code", "named-secret")]
    [InlineData("config['secret'] = '", "'", "Code", "named-secret")]
    [InlineData("<clientSecret>", "</clientSecret>", "Code", "named-secret")]
    [InlineData("secret := `", "`", "Code", "named-secret")]
    [InlineData("{\\\"token\\\": \\\"", "\\\"}", "Code", "named-secret")]
    [InlineData("\"Server=db;User=app;Password=", ";Timeout=5\"", "Code", "connection-string")]
    public void Find_RandomValueUnderASecretsName_IsFound(string before, string after, string kind, string rule)
    {
        string value = Letters[..20];
        SecretMatch match = Assert.Single(SecretDetector.Find(before + value + after, Enum.Parse<TextKind>(kind)));
        Assert.Equal(rule, match.Rule.Id);
        Assert.False(match.Rule.IsCertain);
        Assert.Equal((before.Length, value.Length), (match.Start, match.Length));
        Assert.Equal("…", match.Preview);
    }

    [Theory]
    [InlineData("aws_secret_access_key = ", 40, "aws-secret-access-key")]
    [InlineData("SecretAccessKey: ", 40, "aws-secret-access-key")]
    public void Find_AwsSecretKeyByItsName_IsCertain(string before, int length, string rule)
    {
        SecretMatch match = Assert.Single(SecretDetector.Find(before + Letters[..length], TextKind.Configuration));
        Assert.Equal(rule, match.Rule.Id);
        Assert.True(match.Rule.IsCertain);
    }

    [Theory]
    [InlineData("DD_API_KEY=", 32)]
    [InlineData("datadog_app_key: ", 40)]
    public void Find_DatadogKeyByItsName_IsCertain(string before, int length) => Assert.Equal("datadog-key", Assert.Single(SecretDetector.Find(before + Digits[..length], TextKind.Configuration)).Rule.Id);

    [Theory]
    [InlineData("password = \"changeme\"")]
    [InlineData("password = \"${DB_PASSWORD}\"")]
    [InlineData("password: {{ .Values.password }}")]
    [InlineData("token: <your-token-1234567890>")]
    [InlineData("token: $CI_JOB_TOKEN")]
    [InlineData("token: env://API_TOKEN_2")]
    [InlineData("token: aws-sm://arn:aws:secretsmanager:eu-west-1:123456789012:secret:prod/stripe-a1B2c3")]
    [InlineData("token: vault://secret/prod/stripe2#key")]
    [InlineData("password=aaaaaaaaaaaaaaa1")]
    [InlineData("secret_name = \"prod/order-service/v2/db-7f3a9c1e\"")]
    [InlineData("token_url = \"https://auth.acme.dev/v1/t0k3n5x7\"")]
    [InlineData("publicKeyToken=\"b03f5f7f11d50a3a\"")]
    [InlineData("tokenizer = \"bert4base5uncased6v2x\"")]
    [InlineData("monkey = \"q7Zr1Tn4Kc9Wd2Xs6Lf8\"")]
    [InlineData("cacheKey = \"build-cache-v2-linux-x64\"")]
    [InlineData("if password == \"q7Zr1Tn4Kc9Wd2Xs6Lf8\"")]
    [InlineData("GetToken = \"AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken\"")]
    [InlineData("\"password\": { \"type\": \"string\", \"minLength\": 8 }")]
    public void Find_NameWithoutASecret_IsNone(string text)
    {
        Assert.Empty(SecretDetector.Find(text, TextKind.Code));
        Assert.Empty(SecretDetector.Find(text, TextKind.Configuration));
    }

    [Theory]
    [InlineData("token = tokens2[parse3(input4)]")]
    [InlineData("var secret = settings2.Get(key3)")]
    [InlineData("password = q7Zr1Tn4Kc9Wd2Xs6Lf8")] // an expression of a program, not a value
    public void Find_ExpressionInCode_IsNone(string text) => Assert.Empty(SecretDetector.Find(text, TextKind.Code));

    [Theory]
    [InlineData("postgres://app:{0}@db.acme.dev:5432/orders", true)]
    [InlineData("https://x-access-token:{0}@github.com/acme/app.git", true)]
    [InlineData("redis://:{0}@cache.acme.dev", true)]
    [InlineData("postgres://app:{0}@localhost/orders", false)]
    [InlineData("postgres://app:{0}@db.example.com/orders", false)]
    [InlineData("https://acme.dev/a:{0}@b", false)]
    [InlineData("ssh://git@{0}.acme.dev", false)]
    public void Find_PasswordInAnAddress_IsFoundWhereTheHostIsReal(string form, bool isFound)
    {
        string text = form.Replace("{0}", "hunter" + "2x!", StringComparison.Ordinal);
        Assert.Equal(isFound ? ["url-password"] : [], SecretDetector.Find(text, TextKind.Code).Select(match => match.Rule.Id));
    }

    [Theory]
    [InlineData("postgres://app:$DB_PASSWORD@db.acme.dev")]
    [InlineData("postgres://app:${DB_PASSWORD}@db.acme.dev")]
    [InlineData("postgres://user:password@db.acme.dev")]
    [InlineData("postgres://{user}:{password}@db.acme.dev")]
    public void Find_PlaceholderInAnAddress_IsNone(string text) => Assert.Empty(SecretDetector.Find(text, TextKind.Configuration));

    [Fact]
    public void Find_SameValueTwice_HasOneFingerprint()
    {
        string token = "ghp_" + Letters[..36];
        IReadOnlyList<SecretMatch> matches = SecretDetector.Find($"a = '{token}'\nb = '{token}'", TextKind.Code);
        Assert.Equal(2, matches.Count);
        Assert.Single(matches.Select(match => match.Fingerprint).Distinct());
        Assert.NotEqual(matches[0].Fingerprint, Assert.Single(SecretDetector.Find("ghp_" + Letters[1..37], TextKind.Code)).Fingerprint);
    }

    [Fact]
    public void Find_TokenUnderASecretsName_IsTheTokenOnly() => Assert.Equal("github-token", Assert.Single(SecretDetector.Find("token = \"ghp_" + Letters[..36] + "\"", TextKind.Code)).Rule.Id);

    [Theory] // each would be quadratic, or worse, for a rule that looks as far as it can
    [InlineData("password=")]
    [InlineData("eyJ")]
    [InlineData("://a:")]
    [InlineData("-----BEGIN ")]
    [InlineData("token_")]
    [InlineData("xoxb-")]
    public void Find_KeywordsWithoutEnd_LooksAtABoundedStretchEach(string keyword)
    {
        string text = string.Concat(Enumerable.Repeat(keyword, 1_000_000 / keyword.Length));
        Assert.Empty(SecretDetector.Find(text, TextKind.Configuration));
    }

    [Theory]
    [InlineData("DB_PASSWORD", "Strong")]
    [InlineData("dbPassword", "Strong")]
    [InlineData("userpassword", "Strong")]
    [InlineData("DB_PASS", "Strong")]
    [InlineData("STRIPE_KEY", "Plain")]
    [InlineData("apiKey", "Plain")]
    [InlineData("NPM_TOKEN", "Plain")]
    [InlineData("clientSecret2", "Plain")]
    [InlineData("cacheKey", "Weak")]
    [InlineData("PASSWORD_FILE", "None")]
    [InlineData("TOKENIZERS_PARALLELISM", "None")]
    [InlineData("passRate", "None")]
    [InlineData("compass", "None")]
    [InlineData("publicKey", "None")]
    [InlineData("keyboard", "None")]
    [InlineData("secretName", "None")]
    public void StrengthOf_Name_GoesByItsWords(string name, string strength) => Assert.Equal(strength, SecretNames.StrengthOf(name).ToString());

    [Fact]
    public void Rules_EachHasAnIdAndADescription()
    {
        Assert.All(SecretRules.All, rule => Assert.Matches("^[a-z0-9-]+$", rule.Id));
        Assert.All(SecretRules.All, rule => Assert.NotEmpty(rule.Description));
        Assert.Equal(SecretRules.Ids.Count, SecretRules.Ids.Distinct().Count());
        string[] tested = [.. Tokens.Select(row => row.Data.Item1).Distinct()];
        Assert.All(tested, rule => Assert.Contains(rule, SecretRules.Ids));
    }
}
