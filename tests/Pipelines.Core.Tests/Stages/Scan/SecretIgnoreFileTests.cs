using Pipelines.Core.Stages.Scan;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Scan;

public sealed class SecretIgnoreFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Entries_HaveFingerprintOrRuleAndPath()
    {
        IReadOnlyList<SecretIgnoreEntry> entries = Read("- fingerprint: 0123456789abcdef\n  reason: made up\n- rule: jwt\n  path: tests/*\n  reason: test tokens\n  expires: 2026-12-31\n- rule: gitleaks:generic-api-key\n  path: a.txt\n  reason: x\n");
        Assert.Equal(
            [
                new SecretIgnoreEntry("0123456789abcdef", null, null, "made up", null, 1),
                new SecretIgnoreEntry(null, "jwt", "tests/*", "test tokens", new DateOnly(2026, 12, 31), 3),
                new SecretIgnoreEntry(null, "gitleaks:generic-api-key", "a.txt", "x", null, 7),
            ],
            entries);
    }

    [Theory]
    [InlineData("- fingerprint: 0123456789abcdef\n", "secrets.yaml:1:3: the entry '0123456789abcdef' has no 'reason'")]
    [InlineData("- rule: jwt\n  path: a\n  reason: ''\n", "the entry 'jwt' has no 'reason'")]
    [InlineData("- reason: x\n", "either a 'fingerprint', or a 'rule' and a 'path'")]
    [InlineData("- fingerprint: 0123456789abcdef\n  rule: jwt\n  path: a\n  reason: x\n", "either a 'fingerprint', or a 'rule' and a 'path'")]
    [InlineData("- rule: jwt\n  reason: x\n", "a 'rule' needs the 'path'")]
    [InlineData("- path: a\n  reason: x\n", "a 'path' needs the 'rule'")]
    [InlineData("- fingerprint: hunter2\n  reason: x\n", "secrets.yaml:1:16: a fingerprint is the 16 hex digits that the finding names. Never write the value itself here")]
    [InlineData("- rule: jtw\n  path: a\n  reason: x\n", "there is no rule 'jtw'. Did you mean 'jwt'?")]
    [InlineData("- fingerprint: 0123456789abcdef\n  reason: x\n  expires: soon\n", "secrets.yaml:3:12: 'soon' is no date")]
    [InlineData("- fingerprint: 0123456789abcdef\n  reason: x\n  until: 1\n", "unknown key 'until'; the keys are fingerprint, rule, path, reason, expires")]
    [InlineData("- fingerprint: 0123456789abcdef\n  reason: x\n- fingerprint: 0123456789abcdef\n  reason: y\n", "is in the list twice, the first time in line 1")]
    [InlineData("- AKIA\n", "an entry must have 'fingerprint', or 'rule' and 'path', and a 'reason'")]
    [InlineData("allow: []\n", "one list of entries, each starting with '- fingerprint:'")]
    public void Read_BadEntry_SaysWhereAndWhat(string text, string error)
    {
        InvalidUsageException exception = Assert.Throws<InvalidUsageException>(() => Read(text));
        Assert.Contains(error, exception.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", exception.Message, StringComparison.Ordinal);
    }

    private IReadOnlyList<SecretIgnoreEntry> Read(string text) => SecretIgnoreFile.Read(_folder.Write("secrets.yaml", text), "secrets.yaml");
}
