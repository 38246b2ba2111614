using Pipelines.Core.Secrets;
using Pipelines.Core.Tests.Clients.ArgoCd;
using Pipelines.Sandbox.Aws;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Aws;

/// <summary>What goes wrong between a run and its AWS stores.</summary>
public class AwsTroubleTests
{
    private const string Reference = "aws-sm://prod/stripe";

    [Fact]
    public async Task GetAsync_NotThere_NamesReferenceRegionIdentityAndCall()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        SecretNotFoundException error = await cloud.FailsAsync<SecretNotFoundException>(Reference);
        Assert.Contains("Looked in region us-east-1 as arn:aws:iam::123456789012:user/sandbox, by secretsmanager:GetSecretValue.", error.Message, StringComparison.Ordinal);
        Assert.Contains("AWS_REGION", error.Advice!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_MarkedForDeletion_IsNotFoundAndSaysHowToRestore()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["prod/stripe"] = StoredSecret.Of("never-shown") with { IsDeleted = true };
        SecretNotFoundException error = await cloud.FailsAsync<SecretNotFoundException>(Reference);
        Assert.Contains("restore-secret", error.Advice!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-sm://prod/stripe", "prod/stripe", "secretsmanager:GetSecretValue")]
    [InlineData("aws-ssm:///prod/stripe", "/prod/stripe", "ssm:GetParameter")]
    public async Task GetAsync_Denied_NamesIdentityAndPermission(string reference, string name, string permission)
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Account.Denied[name] = true;
        SecretDeniedException error = await cloud.FailsAsync<SecretDeniedException>(reference);
        Assert.Equal(("arn:aws:iam::123456789012:user/sandbox", permission), (error.Identity, error.Permission));
        Assert.Contains("kms:Decrypt", error.Advice!, StringComparison.Ordinal);
        Assert.Equal(FailureKind.MissingPrerequisite, error.Kind);
    }

    [Theory]
    [InlineData("aws-sm://prod/stripe", "prod/stripe")]
    [InlineData("aws-ssm:///prod/stripe", "/prod/stripe")]
    public async Task GetAsync_KeyDenied_NamesKmsDecryptAndAsksStsWho(string reference, string name)
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Account.DeniedKeys[name] = true;
        SecretDeniedException error = await cloud.FailsAsync<SecretDeniedException>(reference);
        Assert.Equal(("arn:aws:iam::123456789012:user/sandbox", "kms:Decrypt"), (error.Identity, error.Permission));
        Assert.Equal(1, cloud.CallsOf("sts:GetCallerIdentity"));
    }

    [Theory]
    [InlineData(AwsCloud.KeyId, "a-wrong-secret-key")]
    [InlineData("AKIAUNKNOWN", AwsCloud.SecretKey)]
    public async Task GetAsync_WrongKey_IsRefusedByTheSignature(string id, string key)
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Variables["AWS_ACCESS_KEY_ID"] = id;
        cloud.Variables["AWS_SECRET_ACCESS_KEY"] = key;
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains("AWS does not accept the credentials", error.Message, StringComparison.Ordinal);
        Assert.False(error.IsTransient);
        Assert.Empty(cloud.Account.Calls);
    }

    [Theory]
    [InlineData("AWS_ACCESS_KEY_ID", "AWS_ACCESS_KEY_ID is not set")]
    [InlineData("AWS_SECRET_ACCESS_KEY", "AWS_SECRET_ACCESS_KEY is not set")]
    public async Task GetAsync_HalfAKey_SaysWhichHalf(string variable, string message)
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Variables.Remove(variable);
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.ReadAsync(Reference));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        cloud.NoSecretIn(error);
    }

    [Fact]
    public async Task GetAsync_Throttled_IsReadByTheNextTry()
    {
        await using AwsCloud cloud = await StoredAsync(new SkippingTime());
        cloud.Account.ThrottleNext(2);
        Assert.Equal("sk-never-shown", await cloud.ReadAsync(Reference));
        Assert.Equal(3, cloud.CallsOf("secretsmanager:GetSecretValue"));
    }

    [Fact]
    public async Task GetAsync_ThrottledForGood_IsATransientErrorOfTheStore()
    {
        await using AwsCloud cloud = await StoredAsync(new SkippingTime());
        cloud.Account.ThrottleNext(99);
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.True(error.IsTransient);
        Assert.Contains("ThrottlingException: Rate exceeded", error.Message, StringComparison.Ordinal);
        Assert.Equal(4, cloud.CallsOf("secretsmanager:GetSecretValue"));
    }

    [Fact]
    public async Task GetAsync_Html_SaysThatItIsNotAws()
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Account.GarbleNext(1);
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.Contains($"What answers at {cloud.Endpoint.Authority} is not AWS.", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("<html>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_NobodyListens_IsTransient()
    {
        await using AwsCloud cloud = await StoredAsync(new SkippingTime());
        cloud.Variables["AWS_ENDPOINT_URL_SECRETS_MANAGER"] = $"http://127.0.0.1:{ScriptedServer.FreePort()}";
        SecretStoreException error = await cloud.FailsAsync<SecretStoreException>(Reference);
        Assert.True(error.IsTransient);
        Assert.Contains("cannot be reached", error.Message, StringComparison.Ordinal);
        Assert.Equal("ssm-never-shown", await cloud.ReadAsync("aws-ssm:///prod/stripe")); // the other service has its own endpoint
    }

    [Fact]
    public async Task GetAsync_NoAnswer_EndsAfterTheTimeLimitOfTheRequest()
    {
        var time = new ManualTime();
        await using AwsCloud cloud = await StoredAsync(time);
        var held = new TaskCompletionSource();
        cloud.Account.Hold = held.Task;
        Task<string> read = cloud.ReadAsync(Reference);
        while (!read.IsCompleted)
        {
            await Task.Yield();
            if (time.Waits.Count > 0)
                time.Advance(TimeSpan.FromSeconds(31));
        }

        SecretStoreException error = await Assert.ThrowsAsync<SecretStoreException>(() => read);
        Assert.True(error.IsTransient);
        Assert.Contains("no answer within 30", error.Message, StringComparison.Ordinal);
        held.SetResult();
    }

    [Fact]
    public async Task GetAsync_ClockIsWrong_SaysByHowMuch()
    {
        var time = new ManualTime(); // months behind the server's Date header
        await using AwsCloud cloud = await StoredAsync();
        SecretResolver secrets = Pipelines.Core.Cli.Session.SecretStores.Live(cloud.Masker, cloud.Variables, "/", time);
        SecretStoreException error = await Assert.ThrowsAsync<SecretStoreException>(() => secrets.GetAsync(SecretReference.Parse(Reference)));
        Assert.Contains("this machine's clock is wrong", error.Message, StringComparison.Ordinal);
        Assert.Contains("behind that of 127.0.0.1", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("AWS_ENDPOINT_URL", "http://secrets.example.com", "is plain http")]
    [InlineData("AWS_ENDPOINT_URL_SECRETS_MANAGER", "http://169.254.1.1/", "is plain http")]
    [InlineData("AWS_ENDPOINT_URL", "not an address", "is no http or https address")]
    [InlineData("AWS_ENDPOINT_URL", "https://user:never-shown@example.com", "is no http or https address")]
    [InlineData("AWS_REGION", "eu-cental-1.evil.example", "is no AWS region")]
    [InlineData("AWS_REGION", "eu_central_1", "is no AWS region")]
    public async Task GetAsync_UnusableVariable_IsRefusedBeforeAnythingIsSent(string variable, string value, string message)
    {
        await using AwsCloud cloud = await StoredAsync();
        cloud.Variables[variable] = value;
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.ReadAsync(Reference));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        cloud.NoSecretIn(error);
        Assert.Empty(cloud.Account.Calls);
    }

    [Fact]
    public void Region_NobodySays_ListsWhatWasTried()
    {
        var variables = new Pipelines.Core.Clients.Aws.AwsVariables(new Dictionary<string, string>(), () => null);
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => variables.Region(SecretReference.Parse(Reference)));
        Assert.Contains("Tried: AWS_REGION, AWS_DEFAULT_REGION, the region of the AWS profile.", error.Message, StringComparison.Ordinal);
        var profile = new Pipelines.Core.Clients.Aws.AwsVariables(new Dictionary<string, string>(), () => "eu-west-3");
        Assert.Equal("eu-west-3", profile.Region(SecretReference.Parse(Reference)));
    }

    [Fact]
    public async Task GetAsync_DefaultRegionAndArn_SignForTheirRegion()
    {
        var seen = new List<string>();
        await using var server = new ScriptedServer((request, response) =>
        {
            seen.Add(request["Authorization"]!.Split('/')[2]);
            response.Write(200, """{"SecretString":"some-value"}""");
        });
        var variables = new Dictionary<string, string> { ["AWS_DEFAULT_REGION"] = "eu-west-3", ["AWS_ACCESS_KEY_ID"] = "A", ["AWS_SECRET_ACCESS_KEY"] = "secret-key-b", ["AWS_ENDPOINT_URL"] = server.Address.AbsoluteUri };
        SecretResolver secrets = Pipelines.Core.Cli.Session.SecretStores.Live(new SecretMasker(), variables, "/", TimeProvider.System);
        await secrets.GetAsync(SecretReference.Parse("aws-sm://x"));
        await secrets.GetAsync(SecretReference.Parse("aws-sm://arn:aws:secretsmanager:ap-south-1:123456789012:secret:x-abcdef"));
        Assert.Equal(["eu-west-3", "ap-south-1"], seen);
    }

    [Fact]
    public async Task GetAsync_AnswerOfSomethingElse_SaysSo()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, "[1]"));
        var variables = new Dictionary<string, string> { ["AWS_REGION"] = "eu-west-3", ["AWS_ACCESS_KEY_ID"] = "A", ["AWS_SECRET_ACCESS_KEY"] = "secret-key-b", ["AWS_ENDPOINT_URL"] = server.Address.AbsoluteUri };
        SecretResolver secrets = Pipelines.Core.Cli.Session.SecretStores.Live(new SecretMasker(), variables, "/", TimeProvider.System);
        await Assert.ThrowsAsync<SecretStoreException>(() => secrets.GetAsync(SecretReference.Parse("aws-sm://x")));
    }

    private static async Task<AwsCloud> StoredAsync(TimeProvider? time = null)
    {
        AwsCloud cloud = await AwsCloud.StartAsync(time);
        cloud.Account.Secrets["prod/stripe"] = StoredSecret.Of("sk-never-shown");
        cloud.Account.Parameters["/prod/stripe"] = new StoredParameter("ssm-never-shown");
        return cloud;
    }
}
