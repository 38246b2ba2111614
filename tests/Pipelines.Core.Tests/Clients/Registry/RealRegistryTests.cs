using System.Text;
using Pipelines.Core.Clients.Http;
using Pipelines.Core.Clients.Registry;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Registry;

/// <summary>The client against the real registry.</summary>
public class RealRegistryTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task UploadAndPut_ChunkedBlobAndManifest_AreThereByTagAndDigest(bool signIn)
    {
        using var registry = RealRegistry.Start(signIn);
        ImageReference image = registry.Image("team/app:v1");
        var recording = new RecordingContext(secrets: RealRegistry.Secrets);
        RegistryCredentials credentials = signIn ? RealRegistry.Credentials : new RegistryCredentials.Anonymous();
        var client = new RegistryClient(SharedHttp.Client, RegistryAddress.Of(image), image.Registry!, token => RegistryLogin.ResolveAsync(credentials, recording.Context, token), recording.Context.Secrets, TimeProvider.System)
        {
            ChunkSize = 1000,
        };
        byte[] blob = new byte[4321];
        Random.Shared.NextBytes(blob);
        string digest = Digests.Of(blob);

        Assert.Null(await client.FindDigestAsync(image, Token));
        using (var content = new MemoryStream(blob))
            Assert.True(await client.UploadBlobAsync(image, digest, content, Token));
        using (var content = new MemoryStream(blob))
            Assert.False(await client.UploadBlobAsync(image, digest, content, Token));
        byte[] configuration = Encoding.UTF8.GetBytes("{}");
        using (var content = new MemoryStream(configuration))
            await client.UploadBlobAsync(image, Digests.Of(configuration), content, Token);
        byte[] manifest = Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digests.Of(configuration)}}","size":2},"layers":[{"mediaType":"{{MediaTypes.OciGzipLayer}}","digest":"{{digest}}","size":4321}]}""");
        string held = await client.PutManifestAsync(image, manifest, MediaTypes.OciManifest, Token);

        Assert.Equal(held, await client.FindDigestAsync(image, Token));
        RegistryManifest? read = await client.FindManifestAsync(image.WithoutTag().WithDigest(held), Token);
        Assert.Equal(manifest, read!.Content.ToArray());
        Assert.Equal(Digests.Of(configuration), read.ConfigDigest);
    }

    [Fact]
    public async Task UploadBlobAsync_ContentOfAnotherDigest_IsRefusedByTheRegistry()
    {
        using var registry = RealRegistry.Start(signIn: false);
        ImageReference image = registry.Image("team/app:v1");
        var client = RegistryClient.For(image, new RegistryCredentials.Anonymous(), new RecordingContext().Context);
        using var content = new MemoryStream([1, 2, 3]);
        RegistryAnswerException exception = await Assert.ThrowsAsync<RegistryAnswerException>(() => client.UploadBlobAsync(image, Digests.Of([9]), content, Token));
        Assert.Contains("DIGEST_INVALID", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task FindDigestAsync_WrongPassword_IsDenied()
    {
        using var registry = RealRegistry.Start();
        ImageReference image = registry.Image("team/app:v1");
        var recording = new RecordingContext(secrets: new Dictionary<string, string> { ["env://REGISTRY_PASSWORD"] = "wrong" });
        await Assert.ThrowsAsync<RegistryAccessDeniedException>(() => RegistryClient.For(image, RealRegistry.Credentials, recording.Context).FindDigestAsync(image, Token));
    }
}
