using Pipelines.Core.Secrets;
using Pipelines.Sandbox.Aws;

namespace Pipelines.Core.Tests.Clients.Aws;

public class SecretsManagerSecretsTests
{
    private const string Stripe = """{"key":"sk-never-shown-1","webhook":"wh-never-shown-2","port":5432,"nested":{"a":"b"},"empty":""}""";

    [Fact]
    public async Task GetAsync_Name_IsTheWholeTextMasked()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["prod/stripe"] = StoredSecret.Of("sk-never-shown");
        Assert.Equal("sk-never-shown", await cloud.ReadAsync("aws-sm://prod/stripe"));
        Assert.Equal("***", cloud.Masker.Mask("sk-never-shown"));
        Assert.Equal("***", cloud.Masker.Mask(AwsCloud.SecretKey));
    }

    [Theory]
    [InlineData("aws-sm://prod/stripe?stage=AWSPREVIOUS", "old-never-shown")]
    [InlineData("aws-sm://prod/stripe?stage=AWSCURRENT", "new-never-shown")]
    [InlineData("aws-sm://arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/stripe-Sandbx", "new-never-shown")]
    [InlineData("aws-sm://arn:aws:secretsmanager:us-east-1:123456789012:secret:prod/stripe?stage=AWSPREVIOUS", "old-never-shown")]
    public async Task GetAsync_StageOrArn_IsThatVersion(string reference, string expected)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["prod/stripe"] = new StoredSecret { Stages = { ["AWSCURRENT"] = "new-never-shown", ["AWSPREVIOUS"] = "old-never-shown" } };
        Assert.Equal(expected, await cloud.ReadAsync(reference));
    }

    [Fact]
    public async Task GetAsync_VersionId_IsThatVersion()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["x"] = new StoredSecret { Stages = { ["AWSCURRENT"] = "new-value", ["AWSPREVIOUS"] = "old-value" } };
        Assert.Equal("old-value", await cloud.ReadAsync($"aws-sm://x?version={StoredSecret.VersionId("AWSPREVIOUS")}"));
        await cloud.FailsAsync<SecretNotFoundException>("aws-sm://x?version=11111111-1111-1111-1111-111111111111");
    }

    [Fact]
    public async Task GetAsync_ManyKeysAtOnce_CallTheStoreOnce()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["prod/stripe"] = StoredSecret.Of(Stripe.Replace(",\"empty\":\"\"", "", StringComparison.Ordinal));
        var held = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        cloud.Account.Hold = held.Task;
        SecretResolver secrets = cloud.Secrets();
        Task<Secret>[] calls = [.. Enumerable.Range(0, 40).Select(index => Task.Run(() => secrets.GetAsync(SecretReference.Parse(index % 2 == 0 ? "aws-sm://prod/stripe#key" : "aws-sm://prod/stripe#webhook"))))];
        Task<SecretSet> set = secrets.GetSetAsync(SecretReference.Parse("aws-sm://prod/stripe"));
        held.SetResult();
        Secret[] read = await Task.WhenAll(calls);
        Assert.Equal(["sk-never-shown-1", "wh-never-shown-2"], read.Take(2).Select(secret => secret.Reveal()));
        Assert.Equal(["key", "webhook"], (await set).Keys.Order());
        Assert.Equal(1, cloud.CallsOf("secretsmanager:GetSecretValue"));
    }

    [Fact]
    public async Task GetAsync_RotatedBetweenTwoReads_IsOneValueTheWholeRun()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["db"] = StoredSecret.Of("""{"user":"first-user","password":"first-password"}""");
        SecretResolver secrets = cloud.Secrets();
        Assert.Equal("first-user", (await secrets.GetAsync(SecretReference.Parse("aws-sm://db#user"))).Reveal());
        cloud.Account.Secrets["db"] = StoredSecret.Of("""{"user":"second-user","password":"second-password"}""");
        Assert.Equal("first-password", (await secrets.GetAsync(SecretReference.Parse("aws-sm://db#password"))).Reveal());
        Assert.Equal("first-password", (await secrets.GetSetAsync(SecretReference.Parse("aws-sm://db")))["password"].Reveal());
        Assert.Equal("second-password", await cloud.ReadAsync("aws-sm://db#password")); // the next run
    }

    [Fact]
    public async Task GetSetAsync_JsonSecret_IsItsStrings()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["x"] = StoredSecret.Of("""{"a":"value-of-a","b":"value-of-b","n":1,"o":{"c":"d"}}""");
        SecretSet set = await cloud.Secrets().GetSetAsync(SecretReference.Parse("aws-sm://x"));
        Assert.Equal(["a", "b"], set.Keys.Order());
        Assert.Equal("value-of-b", set["b"].Reveal());
    }

    [Theory]
    [InlineData("aws-sm://x#kye", "has no key 'kye'. Did you mean 'key'?", "Its keys are: empty, key, nested, port, webhook.")]
    public async Task GetAsync_MissingJsonKey_NamesTheKeysNeverTheValues(string reference, string evidence, string advice)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["x"] = StoredSecret.Of(Stripe);
        SecretNotFoundException error = await cloud.FailsAsync<SecretNotFoundException>(reference);
        Assert.Contains(evidence, error.Message, StringComparison.Ordinal);
        Assert.Contains(advice, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Stripe, "#port", "The value of 'port' is a number")]
    [InlineData(Stripe, "#nested", "The value of 'nested' is an object")]
    [InlineData(Stripe, "#empty", "The value of 'empty' is empty")]
    [InlineData("never-shown {", "#key", "It is no JSON")]
    [InlineData("""["never-shown"]""", "#key", "It is JSON, but a list")]
    [InlineData("""{"key":"never-shown\u0000x"}""", "#key", "The value of 'key' holds a NUL character")]
    [InlineData("never-shown\0tail", "", "Its value holds a NUL character")]
    [InlineData("", "", "Its value is empty")]
    public async Task GetAsync_UnusableText_SaysWhy(string text, string key, string evidence)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["x"] = StoredSecret.Of(text);
        SecretUnusableException error = await cloud.FailsAsync<SecretUnusableException>("aws-sm://x" + key);
        Assert.Contains(evidence, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_Binary_SaysSo()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Secrets["x"] = new StoredSecret { Binary = new byte[300] };
        SecretUnusableException error = await cloud.FailsAsync<SecretUnusableException>("aws-sm://x");
        Assert.Contains("binary (SecretBinary, about 300 bytes)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_64KB_IsGivenAndOneByteMoreIsNot()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        string largest = new('x', 64 * 1024);
        cloud.Account.Secrets["largest"] = StoredSecret.Of(largest);
        cloud.Account.Secrets["larger"] = StoredSecret.Of(largest + "y");
        Assert.Equal(largest, await cloud.ReadAsync("aws-sm://largest"));
        SecretUnusableException error = await cloud.FailsAsync<SecretUnusableException>("aws-sm://larger");
        Assert.Contains("65537 bytes", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-sm://x#", "Nothing stands behind the '#'")]
    [InlineData("aws-sm://#key", "It names nothing")]
    [InlineData("aws-sm://a b", "' ' can't be part of a name")]
    [InlineData("aws-sm://x?stagee=A", "There is no option 'stagee'. Did you mean 'stage'?")]
    [InlineData("aws-sm://x?stage", "'stage' behind the '?' is no name=value")]
    [InlineData("aws-sm://x?stage=A&stage=B", "'stage' stands there twice")]
    [InlineData("aws-sm://arn:aws:ssm:us-east-1:1:parameter/x", "This is no ARN of secretsmanager")]
    [InlineData("aws-sm://arn:aws:secretsmanager:us-east-1", "This is no ARN of secretsmanager")]
    [InlineData("aws-ssm://prod/x", "A parameter's name with slashes starts with one")]
    [InlineData("aws-ssm:///prod/x#key", "there is no '#key'")]
    [InlineData("aws-ssm:///prod/", "that is a place of several parameters")]
    [InlineData("aws-ssm:///prod/x:3", "Write a version as ?version=3")]
    [InlineData("aws-ssm:///prod/x?version=three", "'three' is no version")]
    [InlineData("aws-ssm:///prod/x?version=3&label=live", "Give one of them")]
    public async Task GetAsync_MalformedReference_SaysWhatToWrite(string reference, string message)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        InvalidUsageException error = await cloud.FailsAsync<InvalidUsageException>(reference);
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.Empty(cloud.Account.Calls);
    }

    [Fact]
    public async Task GetSetAsync_WithAKey_IsRefused()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.Secrets().GetSetAsync(SecretReference.Parse("aws-sm://x#key")));
        Assert.Contains("A set is the whole secret", error.Message, StringComparison.Ordinal);
    }
}
