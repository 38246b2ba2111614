using Pipelines.Core.Tests.Stages.Approve;
using Pipelines.Core.Tools.Ssh;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Ssh;

public sealed class SshKeygenTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    private SshKeygen Ssh => new(_directory.Path, TimeProvider.System);

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Verify_GoodSignature_GivesTheFingerprint()
    {
        Signer ann = await Signer.CreateAsync(_directory.Path, "ann@example.com");
        string signature = await ann.SignAsync("text ä", "purpose");
        SshVerdict verdict = await Ssh.VerifyAsync("text ä", signature, ann.Name, "purpose", ann.Line, CancellationToken.None);
        Assert.Null(verdict.Problem);
        Assert.StartsWith("SHA256:", verdict.Fingerprint, StringComparison.Ordinal);
        Assert.Equal([ann.Name], await Ssh.FindPrincipalsAsync(signature, ann.Line, CancellationToken.None));
    }

    [Theory]
    [InlineData("other text", "purpose", "ann@example.com")]
    [InlineData("text", "other-purpose", "ann@example.com")]
    [InlineData("text", "purpose", "bob@example.com")]
    [InlineData("text", "purpose", "*")]
    [InlineData("text", "purpose", "-oProxyCommand=x")]
    public async Task Verify_OtherTextPurposeOrPrincipal_IsNotGood(string text, string purpose, string principal)
    {
        Signer ann = await Signer.CreateAsync(_directory.Path, "ann@example.com");
        SshVerdict verdict = await Ssh.VerifyAsync(text, await ann.SignAsync("text", "purpose"), principal, purpose, ann.Line, CancellationToken.None);
        Assert.Null(verdict.Fingerprint);
        Assert.NotEmpty(verdict.Problem!);
    }

    [Fact]
    public async Task Verify_NoSignature_SaysSo()
    {
        Signer ann = await Signer.CreateAsync(_directory.Path, "ann@example.com");
        Assert.NotNull((await Ssh.VerifyAsync("text", "nonsense", ann.Name, "purpose", ann.Line, CancellationToken.None)).Problem);
    }

    [Fact]
    public async Task Sign_NoSuchKey_SaysHowToMakeOne()
    {
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => Ssh.SignAsync("text", Path.Combine(_directory.Path, "none"), "purpose", CancellationToken.None));
        Assert.Contains("ssh-keygen -t ed25519", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sign_NoKeyInTheFile_NamesTheFile()
    {
        string file = _directory.Write("nokey", "hello");
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => Ssh.SignAsync("text", file, "purpose", CancellationToken.None));
        Assert.Contains("could not sign", error.What, StringComparison.Ordinal);
    }
}
