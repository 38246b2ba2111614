using System.Net;
using Pipelines.Core;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Clients.Aws;
using Pipelines.Core.Clients.Http;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox.Aws;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Aws;

/// <summary>The stores of a sandbox run, and what the stand-ins refuse as AWS does.</summary>
public class AwsStandInTests
{
    private static readonly Dictionary<string, string> Seeds = new()
    {
        ["aws-sm://prod/stripe"] = "whole-value",
        ["aws-sm://prod/stripe?stage=AWSPREVIOUS"] = "previous-value",
        ["aws-sm://prod/db#user"] = "db-user-1",
        ["aws-sm://prod/db#password"] = "db-password-1",
        ["aws-ssm:///prod/order-service/db-url"] = "db-url-1",
        ["aws-ssm:///prod/order-service/mail/key"] = "mail-key-1",
        ["vault://secret/prod/x#key"] = "not of AWS",
    };

    [Theory]
    [InlineData("aws-sm://prod/stripe", "whole-value")]
    [InlineData("aws-sm://prod/stripe?stage=AWSPREVIOUS", "previous-value")]
    [InlineData("aws-sm://prod/db#user", "db-user-1")]
    [InlineData("aws-sm://prod/db#password", "db-password-1")]
    [InlineData("aws-ssm:///prod/order-service/db-url", "db-url-1")]
    public async Task Secrets_Seeded_AreReadInTheSandbox(string reference, string expected)
    {
        await using SandboxFixture fixture = await StartAsync();
        var masker = new SecretMasker();
        SecretResolver secrets = SecretStores.Sandbox(masker, new Dictionary<string, string>(), TimeProvider.System, fixture.Sandbox.Variables);
        Assert.Equal(expected, (await secrets.GetAsync(SecretReference.Parse(reference))).Reveal());
        Assert.Equal("***", masker.Mask(expected));
        Assert.Single(fixture.Sandbox.Aws.Calls);
    }

    [Fact]
    public async Task Secrets_SeededPath_IsASet()
    {
        await using SandboxFixture fixture = await StartAsync();
        SecretSet set = await Resolver(fixture).GetSetAsync(SecretReference.Parse("aws-ssm:///prod/order-service/"));
        Assert.Equal(["db-url", "mail/key"], set.Keys.Order());
    }

    [Theory]
    [InlineData("aws-sm://prod/other")]
    [InlineData("aws-ssm:///prod/other")]
    public async Task Secrets_NotSeeded_AreNotFound(string reference)
    {
        await using SandboxFixture fixture = await StartAsync();
        SecretNotFoundException error = await Assert.ThrowsAsync<SecretNotFoundException>(() => Resolver(fixture).GetAsync(SecretReference.Parse(reference)));
        Assert.Contains("arn:aws:iam::123456789012:user/sandbox", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Secrets_SandboxHasNotSaidWhere_AreRefusedAndReadOnceItHas()
    {
        await using SandboxFixture fixture = await StartAsync();
        var variables = new Dictionary<string, string>();
        SecretResolver secrets = SecretStores.Sandbox(new SecretMasker(), new Dictionary<string, string>(), TimeProvider.System, variables);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => secrets.GetAsync(SecretReference.Parse("aws-sm://prod/stripe")));
        Assert.Contains("never reads real credentials", error.Message, StringComparison.Ordinal);
        foreach ((string name, string value) in fixture.Sandbox.Variables)
            variables[name] = value;
        Assert.Equal("whole-value", (await secrets.GetAsync(SecretReference.Parse("aws-sm://prod/stripe"))).Reveal());
    }

    [Theory]
    [InlineData("env://TOKEN", "x", "stands in for no store env://")]
    [InlineData("no reference", "x", "is no secret reference")]
    [InlineData("aws-sm://x?version=1", "x", "There is no option 'version'")]
    [InlineData("aws-ssm:///x#key#", "", "is empty")]
    [InlineData("aws-sm://a b", "x", "can't be part of a name")]
    public async Task StartAsync_UnusableSeed_IsRefused(string reference, string value, string message)
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => StartAsync(new Dictionary<string, string> { [reference] = value }));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("secretsmanager.PutSecretValue", """{"SecretId":"prod/stripe"}""", "UnknownOperationException")]
    [InlineData("AmazonSSM.GetParameter", "{}", "ValidationException")]
    [InlineData("AmazonSSM.GetParameter", "[", "SerializationException")]
    [InlineData("AmazonSSM.GetParametersByPath", """{"Path":"/prod","MaxResults":11}""", "ValidationException")]
    [InlineData("AmazonSSM.GetParametersByPath", """{"Path":"/prod","NextToken":"nonsense"}""", "InvalidNextToken")]
    [InlineData("secretsmanager.GetSecretValue", """{"SecretId":"prod/stripe","VersionId":"00000000-0000-0000-0000-000000000000","VersionStage":"AWSCURRENT"}""", "InvalidRequestException")]
    public async Task Call_Wrong_IsAwssError(string target, string body, string code)
    {
        await using SandboxFixture fixture = await StartAsync();
        string[] parts = target.Split('.');
        AwsRequestException error = await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, parts[0] == "AmazonSSM" ? AwsService.Ssm : AwsService.SecretsManager, parts[1], body));
        Assert.Equal(code, error.Code);
    }

    [Fact]
    public async Task Call_SignatureOfAnotherServiceTimeOrToken_IsRefused()
    {
        await using SandboxFixture fixture = await StartAsync();
        const string Body = """{"SecretId":"prod/stripe"}""";
        AwsService wrongService = AwsService.SecretsManager with { SigningName = "ssm" };
        Assert.Equal("InvalidSignatureException", (await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, wrongService, "GetSecretValue", Body))).Code);
        Assert.Equal("InvalidSignatureException", (await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, AwsService.SecretsManager, "GetSecretValue", Body, time: new ManualTime()))).Code);
        AccountKey session = fixture.Sandbox.Aws.MakeSession("arn:aws:iam::123456789012:role/deploy", "test");
        var good = new AwsKey(session.Id, Secret.Of(session.Secret, "test"), Secret.Of(session.SessionToken!, "test"));
        await CallAsync(fixture, AwsService.SecretsManager, "GetSecretValue", Body, good);
        Assert.Equal("UnrecognizedClientException", (await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, AwsService.SecretsManager, "GetSecretValue", Body, good with { SessionToken = null }))).Code);
        Assert.Equal("UnrecognizedClientException", (await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, AwsService.SecretsManager, "GetSecretValue", Body, good with { SessionToken = Secret.Of("other", "test") }))).Code);
        fixture.Sandbox.Aws.ExpireSessions();
        Assert.Equal("ExpiredTokenException", (await Assert.ThrowsAsync<AwsRequestException>(() => CallAsync(fixture, AwsService.SecretsManager, "GetSecretValue", Body, good))).Code);
    }

    [Fact]
    public async Task Call_BodyChangedOnTheWay_IsRefused()
    {
        await using SandboxFixture fixture = await StartAsync();
        using var http = new HttpClient(new ChangesBody());
        var client = new AwsJsonClient(http, AwsService.SecretsManager, AwsAccount.Region, fixture.Sandbox.Ecr, TimeProvider.System, Key(fixture));
        Assert.Equal("InvalidSignatureException", (await Assert.ThrowsAsync<AwsRequestException>(() => client.CallAsync("GetSecretValue", """{"SecretId":"prod/stripe"}""", CancellationToken.None))).Code);
    }

    [Theory]
    [InlineData("", 400, "NoSuchVersion")]
    [InlineData("Version=2011-06-15", 400, "MissingAction")]
    [InlineData("Version=2011-06-15&Action=GetFederationToken", 400, "InvalidAction")]
    [InlineData("Version=2011-06-15&Action=GetCallerIdentity", 400, "MissingAuthenticationTokenException")]
    [InlineData("Version=2011-06-15&Action=AssumeRoleWithWebIdentity&RoleArn=a&RoleSessionName=b", 400, "ValidationError")]
    [InlineData("Version=2011-06-15&Action=AssumeRoleWithWebIdentity&RoleArn=a&RoleSessionName=b&WebIdentityToken=c&DurationSeconds=1", 400, "ValidationError")]
    [InlineData("Version=2011-06-15&Action=AssumeRoleWithWebIdentity&RoleArn=a&RoleSessionName=b&WebIdentityToken=c", 400, "InvalidIdentityToken")]
    public async Task Sts_Wrong_IsAwssErrorInXml(string form, int status, string code)
    {
        await using SandboxFixture fixture = await StartAsync();
        using var http = new HttpClient();
        using var content = new StringContent(form, System.Text.Encoding.UTF8, "application/x-www-form-urlencoded");
        HttpResponseMessage answer = await http.PostAsync(fixture.Sandbox.Ecr, content);
        Assert.Equal((HttpStatusCode)status, answer.StatusCode);
        Assert.Contains($"<Code>{code}</Code>", await answer.Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task StartAsync_NobodyReadsASecret_MakesNoAccount()
    {
        await using SandboxFixture fixture = await StartAsync();
        Assert.False(fixture.Sandbox.HasAwsAccount);
        _ = fixture.Sandbox.Variables;
        Assert.False(fixture.Sandbox.HasAwsAccount);
    }

    private static Task<SandboxFixture> StartAsync(Dictionary<string, string>? seeds = null) => SandboxFixture.StartAsync(change: options => options with { Secrets = seeds ?? Seeds });

    private static SecretResolver Resolver(SandboxFixture fixture) => SecretStores.Sandbox(new SecretMasker(), new Dictionary<string, string>(), TimeProvider.System, fixture.Sandbox.Variables);

    private static AwsKey Key(SandboxFixture fixture) => new(fixture.Sandbox.EcrAccessKeyId.Reveal(), fixture.Sandbox.EcrSecretAccessKey);

    private static async Task CallAsync(SandboxFixture fixture, AwsService service, string operation, string body, AwsKey? key = null, TimeProvider? time = null)
    {
        var client = new AwsJsonClient(SharedHttp.Client, service, AwsAccount.Region, fixture.Sandbox.Ecr, time ?? TimeProvider.System, key ?? Key(fixture));
        using var answer = await client.CallAsync(operation, body, CancellationToken.None);
    }

    private sealed class ChangesBody() : DelegatingHandler(new HttpClientHandler())
    {
        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            var changed = new StringContent("""{"SecretId":"prod/db"}""");
            changed.Headers.ContentType = request.Content!.Headers.ContentType;
            request.Content = changed;
            return base.SendAsync(request, cancellationToken);
        }
    }
}
