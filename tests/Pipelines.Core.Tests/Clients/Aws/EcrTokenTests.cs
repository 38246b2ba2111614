using Pipelines.Core.Clients.Aws;
using Pipelines.Core.Clients.Registry;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Aws;

public class EcrTokenTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task GetAsync_Answer_IsUserAndPasswordBySignedJsonRequest()
    {
        string token = Convert.ToBase64String("AWS:pass:word"u8);
        await using var server = new ScriptedServer((_, response) => response.Write(200, $$"""{"authorizationData":[{"authorizationToken":"{{token}}","expiresAt":1.7E9,"proxyEndpoint":"https://x"}]}"""));
        RegistryLogin login = await Get(server);
        Assert.Equal(("AWS", "pass:word"), (login.User, login.Password.Reveal()));
        ScriptedServer.Request request = Assert.Single(server.Requests);
        Assert.Equal("AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken", request["X-Amz-Target"]);
        Assert.Equal("application/x-amz-json-1.1", request["Content-Type"]);
        Assert.Equal("{}", System.Text.Encoding.UTF8.GetString(request.Body));
        Assert.Equal("20260102T030405Z", request["X-Amz-Date"]);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDSANDBOX/20260102/ap-south-1/ecr/aws4_request, SignedHeaders=", request["Authorization"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(400, """{"__type":"com.amazonaws.ecr#AccessDeniedException","Message":"User: arn:aws:iam::1:user/x is not authorized"}""", false, "may not call ecr:GetAuthorizationToken")]
    [InlineData(400, """{"__type":"ThrottlingException","message":"Rate exceeded"}""", true, "limits the rate")]
    [InlineData(500, """{"__type":"ServerException"}""", true, "has a fault")]
    [InlineData(400, """{"__type":"UnrecognizedClientException","message":"The security token included in the request is invalid."}""", false, "does not accept the credentials")]
    [InlineData(200, "<html></html>", false, "no JSON")]
    [InlineData(200, """{"authorizationData":[]}""", false, "without a usable token")]
    [InlineData(200, """{"authorizationData":[{"authorizationToken":"%%%"}]}""", false, "no base64")]
    public async Task GetAsync_Refused_SaysWhy(int status, string body, bool transient, string what)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, body));
        AwsRequestException exception = await Assert.ThrowsAsync<AwsRequestException>(() => Get(server));
        Assert.Equal("ecr:GetAuthorizationToken", exception.Operation);
        Assert.Equal(transient, exception.IsTransient);
        Assert.Contains(what, exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task GetAsync_NobodyListens_IsTransient()
    {
        var ecr = new RegistryCredentials.Ecr("ap-south-1") { Endpoint = new Uri($"http://127.0.0.1:{ScriptedServer.FreePort()}/") };
        AwsRequestException exception = await Assert.ThrowsAsync<AwsRequestException>(() => EcrToken.GetAsync(ecr, new RecordingContext().Context, Token));
        Assert.True(exception.IsTransient);
    }

    [Fact]
    public async Task ResolveAsync_SandboxRun_NeverAsksAmazon()
    {
        var recording = new RecordingContext(mode: RunMode.Sandbox);
        await Assert.ThrowsAsync<InvalidUsageException>(() => RegistryLogin.ResolveAsync(new RegistryCredentials.Ecr("ap-south-1"), recording.Context, Token));
    }

    [Theory]
    [InlineData("ap-south-1", "https://api.ecr.ap-south-1.amazonaws.com/")]
    [InlineData("cn-north-1", "https://api.ecr.cn-north-1.amazonaws.com.cn/")]
    public void Address_Region_IsOfItsPartition(string region, string address) => Assert.Equal(address, AwsService.Ecr.Address(region).ToString());

    private static Task<RegistryLogin> Get(ScriptedServer server) =>
        EcrToken.GetAsync(new RegistryCredentials.Ecr("ap-south-1") { Endpoint = server.Address }, new RecordingContext(time: new ManualTime()).Context, Token);
}
