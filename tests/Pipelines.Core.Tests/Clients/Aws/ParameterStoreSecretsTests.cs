using Pipelines.Core.Model;
using Pipelines.Core.Secrets;
using Pipelines.Sandbox.Aws;

namespace Pipelines.Core.Tests.Clients.Aws;

public class ParameterStoreSecretsTests
{
    [Theory]
    [InlineData("aws-ssm:///prod/db-url", "third-value")]
    [InlineData("aws-ssm:///prod/db-url?version=1", "first-value")]
    [InlineData("aws-ssm:///prod/db-url?label=live", "second-value")]
    [InlineData("aws-ssm://plain-name", "plain-value")]
    [InlineData("aws-ssm://arn:aws:ssm:us-east-1:123456789012:parameter/prod/db-url", "third-value")]
    public async Task GetAsync_Parameter_IsDecryptedAndMasked(string reference, string expected)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Parameters["/prod/db-url"] = new StoredParameter("first-value", "second-value", "third-value") { Labels = { ["live"] = 2 } };
        cloud.Account.Parameters["plain-name"] = new StoredParameter("plain-value");
        Assert.Equal(expected, await cloud.ReadAsync(reference));
        Assert.Equal("***", cloud.Masker.Mask(expected));
    }

    [Theory]
    [InlineData("aws-ssm:///prod/other")]
    [InlineData("aws-ssm:///prod/x?version=9")]
    [InlineData("aws-ssm:///prod/x?label=nobody")]
    public async Task GetAsync_NotThere_NamesReferenceRegionAndIdentity(string reference)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Parameters["/prod/x"] = new StoredParameter("never-shown");
        SecretNotFoundException error = await cloud.FailsAsync<SecretNotFoundException>(reference);
        Assert.Contains("Looked in region us-east-1 as arn:aws:iam::123456789012:user/sandbox, by ssm:GetParameter.", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-ssm:///prod/order-service/")]
    [InlineData("aws-ssm:///prod/order-service")]
    public async Task GetSetAsync_Path_IsAllBelowItOverAllPages(string reference)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        for (int index = 0; index < 25; index++)
            cloud.Account.Parameters[$"/prod/order-service/p{index:00}"] = new StoredParameter($"value-{index:00}");
        cloud.Account.Parameters["/prod/order-service/deep/er"] = new StoredParameter("deep-value");
        cloud.Account.Parameters["/prod/order-service-2/x"] = new StoredParameter("other-value");
        SecretSet set = await cloud.Secrets().GetSetAsync(SecretReference.Parse(reference));
        Assert.Equal(26, set.Count);
        Assert.Equal("value-24", set["p24"].Reveal());
        Assert.Equal("deep-value", set["deep/er"].Reveal());
        Assert.Equal(3, cloud.CallsOf("ssm:GetParametersByPath"));
        Assert.Equal("***", cloud.Masker.Mask("deep-value"));
        Assert.Equal("other-value", cloud.Masker.Mask("other-value"));
    }

    [Fact]
    public async Task GetSetAsync_Scoped_FillsInAppAndEnvironment()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Parameters["/prod/order-service/db-url"] = new StoredParameter("prod-url");
        cloud.Account.Parameters["/staging/order-service/db-url"] = new StoredParameter("staging-url");
        ISecretResolver scoped = new ScopedSecrets(cloud.Secrets(), "order-service", "prod");
        Assert.Equal("prod-url", (await scoped.GetSetAsync(SecretReference.Parse("aws-ssm:///{environment}/{app}/")))["db-url"].Reveal());
    }

    [Fact]
    public async Task GetSetAsync_RotatedMeanwhile_AgreesWithTheSingleRead()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Parameters["/p/a"] = new StoredParameter("first-a");
        cloud.Account.Parameters["/p/b"] = new StoredParameter("first-b");
        SecretResolver secrets = cloud.Secrets();
        Assert.Equal("first-a", (await secrets.GetAsync(SecretReference.Parse("aws-ssm:///p/a"))).Reveal());
        cloud.Account.Parameters["/p/a"] = new StoredParameter("first-a", "second-a");
        Assert.Equal("first-a", (await secrets.GetSetAsync(SecretReference.Parse("aws-ssm:///p/")))["a"].Reveal());
        cloud.Account.Parameters["/p/b"] = new StoredParameter("first-b", "second-b");
        Assert.Equal("first-b", (await secrets.GetAsync(SecretReference.Parse("aws-ssm:///p/b"))).Reveal());
        Assert.Equal(1, cloud.CallsOf("ssm:GetParameter"));
    }

    [Fact]
    public async Task GetSetAsync_NothingBelow_SaysWhereItLooked()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        SecretNotFoundException error = await Assert.ThrowsAsync<SecretNotFoundException>(() => cloud.Secrets().GetSetAsync(SecretReference.Parse("aws-ssm:///none/")));
        Assert.Contains("There is no parameter below /none/.", error.Message, StringComparison.Ordinal);
        Assert.Contains("us-east-1 as arn:aws:iam::123456789012:user/sandbox", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("aws-ssm:///p/?version=3", "knows no version")]
    [InlineData("aws-ssm://name", "its path, which starts with '/'")]
    public async Task GetSetAsync_Malformed_SaysWhatToWrite(string reference, string message)
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => cloud.Secrets().GetSetAsync(SecretReference.Parse(reference)));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetSetAsync_ParameterWithNul_NamesIt()
    {
        await using AwsCloud cloud = await AwsCloud.StartAsync();
        cloud.Account.Parameters["/p/a"] = new StoredParameter("never-shown\0x");
        SecretUnusableException error = await Assert.ThrowsAsync<SecretUnusableException>(() => cloud.Secrets().GetSetAsync(SecretReference.Parse("aws-ssm:///p/")));
        Assert.Contains("The value of /p/a holds a NUL character", error.Message, StringComparison.Ordinal);
        cloud.NoSecretIn(error);
    }
}
