namespace Pipelines.Core.Secrets.Detection;

/// <summary>All rules. The forms of tokens are those that their issuers publish; see docs/secret-scan.md for the sources.</summary>
internal static class SecretRules
{
    /// <summary>Secrets that have a known form under a known name only.</summary>
    public static IReadOnlyList<NamedShape> NamedShapes { get; } =
    [
        new("aws-secret-access-key", "An AWS secret access key", CharacterSet.Base64, 40, "secret", "key"),
        new("aws-secret-access-key", "An AWS secret access key", CharacterSet.Base64, 40, "aws", "secret"),
        new("datadog-key", "A Datadog API key", CharacterSet.Hex, 32, "dd", "key"),
        new("datadog-key", "A Datadog API key", CharacterSet.Hex, 32, "datadog"),
        new("datadog-key", "A Datadog application key", CharacterSet.Hex, 40, "dd", "key"),
        new("datadog-key", "A Datadog application key", CharacterSet.Hex, 40, "datadog"),
        new("twilio-key", "A Twilio auth token", CharacterSet.Hex, 32, "twilio"),
        new("twilio-key", "A Twilio API key", CharacterSet.Alphanumeric, 34, "twilio"),
        new("azure-storage-key", "An Azure storage account key", CharacterSet.Base64, 88, "key"),
        new("azure-shared-access-key", "An Azure Service Bus or Event Hubs key", CharacterSet.Base64, 44, "shared", "access", "key"),
    ];

    private static readonly NamedValueRule Named = new(NamedShapes);

    /// <summary>The rules that look at a text.</summary>
    public static IReadOnlyList<SecretRule> All { get; } =
    [
        new TokenRule("aws-access-key-id", "An AWS access key id", CharacterSet.Base32, 16, 16, "AKIA", "ASIA", "ABIA", "ACCA"),
        new TokenRule("stripe-key", "A Stripe secret or restricted key", CharacterSet.Alphanumeric, 16, 250, "sk_live_", "rk_live_", "sk_test_", "rk_test_", "sk_org_"),
        new TokenRule("stripe-webhook-secret", "A Stripe webhook signing secret", CharacterSet.Base64, 24, 100, "whsec_"),
        new TokenRule("github-token", "A GitHub token", CharacterSet.Alphanumeric, 36, 255, "ghp_", "gho_", "ghu_", "ghs_", "ghr_"),
        new TokenRule("github-token", "A GitHub fine-grained token", CharacterSet.Word, 60, 120, "github_pat_"),
        new TokenRule("gitlab-token", "A GitLab token", CharacterSet.Dotted, 20, 300, "glpat-", "gldt-", "glrt-", "glrtr-", "glcbt-", "glptt-", "glft-", "glimt-", "glagent-", "gloas-", "glsoat-", "glffct-"),
        new TokenRule("slack-token", "A Slack token", CharacterSet.Base64Url, 20, 300, "xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xoxe.xoxp-", "xoxe.xoxb-", "xapp-"),
        new TokenRule("slack-webhook", "A Slack webhook", CharacterSet.Path, 30, 120, "hooks.slack.com/services/", "hooks.slack.com/workflows/", "hooks.slack.com/triggers/"),
        new TokenRule("google-api-key", "A Google API key", CharacterSet.Base64Url, 35, 35, "AIza"),
        new TokenRule("google-oauth-secret", "A Google OAuth client secret", CharacterSet.Base64Url, 28, 28, "GOCSPX-"),
        new TokenRule("google-oauth-token", "A Google OAuth access token", CharacterSet.Dotted, 40, 1000, "ya29."),
        new TokenRule("npm-token", "An npm access token", CharacterSet.Alphanumeric, 36, 36, "npm_"),
        new TokenRule("nuget-key", "A NuGet API key", CharacterSet.LowerAlphanumeric, 43, 43, "oy2"),
        new TokenRule("pypi-token", "A PyPI API token", CharacterSet.Base64Url, 50, 1000, "pypi-AgE"),
        new TokenRule("rubygems-key", "A RubyGems API key", CharacterSet.Hex, 48, 48, "rubygems_"),
        new TokenRule("sendgrid-key", "A SendGrid API key", CharacterSet.Dotted, 66, 66, "SG."),
        new TokenRule("mailgun-key", "A Mailgun API key", CharacterSet.Hex, 32, 32, "key-") { Beside = "mailgun" },
        new TokenRule("azure-storage-key", "An Azure storage account key", CharacterSet.Base64, 86, 90, "AccountKey="),
        new TokenRule("azure-shared-access-key", "An Azure Service Bus or Event Hubs key", CharacterSet.Base64, 43, 60, "SharedAccessKey="),
        new TokenRule("azure-sas-token", "The signature of an Azure shared access link", CharacterSet.PercentEncoded, 43, 120, "sig=") { Beside = "sv=" },
        new TokenRule("digitalocean-token", "A DigitalOcean token", CharacterSet.Hex, 64, 64, "dop_v1_", "doo_v1_", "dor_v1_"),
        new TokenRule("docker-token", "A Docker Hub token", CharacterSet.Base64Url, 20, 60, "dckr_pat_", "dckr_oat_"),
        new TokenRule("vault-token", "A Vault token", CharacterSet.Base64Url, 24, 300, "hvs.", "hvb.", "hvr."),
        new TokenRule("terraform-token", "An HCP Terraform token", CharacterSet.Base64Url, 60, 80, ".atlasv1."),
        new TokenRule("atlassian-token", "An Atlassian API token", CharacterSet.Dotted, 60, 300, "ATATT3xFf", "ATCTT3xFf"),
        new TokenRule("openai-key", "An OpenAI API key", CharacterSet.Base64Url, 40, 250, "sk-proj-", "sk-svcacct-", "sk-admin-"),
        new TokenRule("anthropic-key", "An Anthropic API key", CharacterSet.Base64Url, 40, 200, "sk-ant-"),
        new TokenRule("huggingface-token", "A Hugging Face token", CharacterSet.Alphanumeric, 34, 40, "hf_"),
        new TokenRule("grafana-token", "A Grafana service account token", CharacterSet.Word, 41, 60, "glsa_", "glc_"),
        new TokenRule("new-relic-key", "A New Relic user key", CharacterSet.UpperAlphanumeric, 27, 27, "NRAK-"),
        new TokenRule("shopify-token", "A Shopify token", CharacterSet.Hex, 32, 32, "shpat_", "shpca_", "shppa_", "shpss_"),
        new TokenRule("databricks-token", "A Databricks token", CharacterSet.Hex, 32, 32, "dapi"),
        new TokenRule("sentry-token", "A Sentry token", CharacterSet.Base64, 40, 500, "sntrys_", "sntryu_"),
        new TokenRule("pulumi-token", "A Pulumi token", CharacterSet.Hex, 40, 40, "pul-"),
        new TokenRule("postman-key", "A Postman API key", CharacterSet.Base64Url, 59, 59, "PMAK-"),
        new TokenRule("age-key", "An age secret key", CharacterSet.UpperAlphanumeric, 58, 58, "AGE-SECRET-KEY-1"),
        new PrivateKeyRule(),
        new JwtRule(),
        new UrlPasswordRule(),
        Named,
    ];

    /// <summary>The ids of all rules.</summary>
    public static IReadOnlyList<string> Ids { get; } = [.. All.Concat(Named.Others).Select(rule => rule.Id).Distinct(StringComparer.Ordinal)];
}
