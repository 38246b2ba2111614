using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Amazon.Runtime.Internal.Auth;

namespace Pipelines.Sandbox.Tests.Ecr;

public class EcrStandInTests
{
    private const string GetToken = "AmazonEC2ContainerRegistry_V20150921.GetAuthorizationToken";

    [Fact]
    public async Task GetAuthorizationToken_Signed_IsTheRegistrysPassword()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        (HttpStatusCode status, JsonElement answer) = await CallAsync(fixture, GetToken, fixture.Sandbox.EcrAccessKeyId.Reveal(), fixture.Sandbox.EcrSecretAccessKey.Reveal());

        Assert.Equal(HttpStatusCode.OK, status);
        JsonElement data = answer.GetProperty("authorizationData")[0];
        Assert.Equal($"AWS:{fixture.Sandbox.RegistryPassword.Reveal()}", Encoding.UTF8.GetString(data.GetProperty("authorizationToken").GetBytesFromBase64()));
        Assert.Equal($"http://{fixture.Sandbox.RegistryHost}", data.GetProperty("proxyEndpoint").GetString());
        Assert.True(data.GetProperty("expiresAt").GetDouble() > TimeProvider.System.GetUtcNow().ToUnixTimeSeconds());
    }

    [Theory]
    [InlineData("AKIAOTHER", null, GetToken, "UnrecognizedClientException")]
    [InlineData(null, "wrong", GetToken, "InvalidSignatureException")]
    [InlineData(null, null, "AmazonEC2ContainerRegistry_V20150921.Other", "UnknownOperationException")]
    [InlineData(null, null, "Other.GetAuthorizationToken", "UnknownOperationException")]
    public async Task Call_Wrong_IsAwssError(string? keyId, string? key, string target, string error)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        (HttpStatusCode status, JsonElement answer) = await CallAsync(fixture, target, keyId ?? fixture.Sandbox.EcrAccessKeyId.Reveal(), key ?? fixture.Sandbox.EcrSecretAccessKey.Reveal());
        Assert.Equal((HttpStatusCode.BadRequest, error), (status, answer.GetProperty("__type").GetString()));
    }

    [Fact]
    public async Task Call_Unsigned_IsRefused()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Sandbox.Ecr) { Content = new StringContent("{}") };
        request.Headers.Add("X-Amz-Target", GetToken);
        Assert.Contains("MissingAuthenticationTokenException", await (await http.SendAsync(request)).Content.ReadAsStringAsync(), StringComparison.Ordinal);
    }

    // Signed by AWS's own signer, so that the stand-in's check is held against the real thing.
    private static async Task<(HttpStatusCode, JsonElement)> CallAsync(SandboxFixture fixture, string target, string keyId, string key)
    {
        string now = TimeProvider.System.GetUtcNow().ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        string bodyHash = Convert.ToHexStringLower(SHA256.HashData("{}"u8));
        string canonical = $"POST\n/\n\ncontent-type:application/x-amz-json-1.1\nhost:{fixture.Sandbox.Ecr.Authority}\nx-amz-date:{now}\nx-amz-target:{target}\n\ncontent-type;host;x-amz-date;x-amz-target\n{bodyHash}";
        DateTime time = DateTime.ParseExact(now, "yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal);
        AWS4SigningResult signed = AWS4Signer.ComputeSignature(keyId, key, "eu-central-1", time, "ecr", "content-type;host;x-amz-date;x-amz-target", canonical);
        using var http = new HttpClient();
        using var request = new HttpRequestMessage(HttpMethod.Post, fixture.Sandbox.Ecr) { Content = new ByteArrayContent("{}"u8.ToArray()) };
        request.Content.Headers.TryAddWithoutValidation("Content-Type", "application/x-amz-json-1.1");
        request.Headers.TryAddWithoutValidation("X-Amz-Date", now);
        request.Headers.TryAddWithoutValidation("X-Amz-Target", target);
        request.Headers.TryAddWithoutValidation("Authorization", signed.ForAuthorizationHeader);
        HttpResponseMessage answer = await http.SendAsync(request);
        using JsonDocument document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
        return (answer.StatusCode, document.RootElement.Clone());
    }
}
