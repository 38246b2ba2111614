using Pipelines.Core.Stages.Scan;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Scan;

public sealed class ScanIgnoreFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Read_Entries_HaveReasonAndExpiry()
    {
        ScanIgnoreEntry entry = Assert.Single(Read("# ours\n- id: CVE-2019-14697\n  reason: not reachable\n  expires: 2026-12-31\n"));
        Assert.Equal(new ScanIgnoreEntry("CVE-2019-14697", "not reachable", new DateOnly(2026, 12, 31), 2), entry);
    }

    [Theory]
    [InlineData("")]
    [InlineData("# nothing yet\n")]
    public void Read_EmptyFile_IsEmpty(string text) => Assert.Empty(Read(text));

    [Fact]
    public void Read_NoFile_IsEmpty() => Assert.Empty(ScanIgnoreFile.Read(Path.Combine(_folder.Path, "none.yaml"), "none.yaml"));

    [Theory]
    [InlineData("- id: A\n  expires: 2026-12-31\n", "scan-ignore.yaml:1:3: the entry 'A' has no 'reason'")]
    [InlineData("- id: A\n  reason: ''\n  expires: 2026-12-31\n", "has no 'reason'")]
    [InlineData("- id: A\n  reason: x\n", "the entry 'A' has no 'expires'")]
    [InlineData("- reason: x\n  expires: 2026-12-31\n", "the entry has no 'id'")]
    [InlineData("- id: A\n  reason: x\n  expires: 31.12.2026\n", "scan-ignore.yaml:3:12: '31.12.2026' is no date")]
    [InlineData("- id: A\n  reason: x\n  expires: 2026-02-30\n", "no date")]
    [InlineData("- id: A\n  reason: x\n  expires: 2026-12-31\n  until: 1\n", "scan-ignore.yaml:4:3: unknown key 'until'")]
    [InlineData("- id: A\n  reason: x\n  expires: 2026-12-31\n- id: A\n  reason: y\n  expires: 2026-12-31\n", "scan-ignore.yaml:4:3: 'A' is in the list twice, the first time in line 1")]
    [InlineData("- id: A\n  id: B\n", "scan-ignore.yaml:2:")]
    [InlineData("- CVE-1\n", "an entry must have")]
    [InlineData("ignore: []\n", "one list of entries")]
    [InlineData("- id: [A\n", "scan-ignore.yaml:")]
    [InlineData("- id: [A]\n  reason: x\n  expires: 2026-12-31\n", "'id' must be text")]
    public void Read_BadEntry_SaysWhereAndWhat(string text, string error)
    {
        InvalidUsageException exception = Assert.Throws<InvalidUsageException>(() => Read(text));
        Assert.Contains(error, exception.Message, StringComparison.Ordinal);
        Assert.Equal(FailureKind.Usage, exception.Kind);
    }

    [Fact]
    public void Read_SeveralErrors_AreAllInOneMessage()
    {
        string message = Assert.Throws<InvalidUsageException>(() => Read("- id: A\n- id: B\n  reason: x\n  expires: never\n")).Message;
        Assert.Contains("'A' has no 'reason'", message, StringComparison.Ordinal);
        Assert.Contains("'never' is no date", message, StringComparison.Ordinal);
    }

    private IReadOnlyList<ScanIgnoreEntry> Read(string text) => ScanIgnoreFile.Read(_folder.Write("scan-ignore.yaml", text), "scan-ignore.yaml");
}
