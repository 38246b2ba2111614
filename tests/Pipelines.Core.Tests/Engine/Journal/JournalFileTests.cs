using Pipelines.Core.Engine.Journal;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Engine.Journal;

public sealed class JournalFileTests : IDisposable
{
    private readonly TemporaryDirectory _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void Create_File_IsForItsUserAlone()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no modes");
        using var file = JournalFile.Create(Path, TimeProvider.System, null);
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(Path));
    }

    [Fact]
    public void Append_AnyRecord_IsInTheFileWhenItReturns()
    {
        using var file = JournalFile.Create(Path, TimeProvider.System, null);
        for (int count = 1; count <= 3; count++)
        {
            file.Append($$"""{"n":{{count}}}""", durable: false);
            Assert.Equal(count, Read().Records.Count);
        }
    }

    [Fact]
    public void Continue_TornTail_IsCutAndTheNextRecordFollowsTheLastWholeOne()
    {
        using (var file = JournalFile.Create(Path, TimeProvider.System, null))
        {
            file.Append("""{"n":1}""", durable: false);
            file.Append("""{"n":2}""", durable: false);
        }

        File.WriteAllBytes(Path, File.ReadAllBytes(Path)[..^4]);
        Assert.Single(Read().Records);
        using (var file = JournalFile.Continue(Path, Read(), TimeProvider.System, null))
            file.Append("""{"n":3}""", durable: true);
        Assert.Equal([1, 3], Read().Records.Select(record => record.GetProperty("n").GetInt32()));
        Assert.Equal(0, Read().TornBytes);
    }

    [Fact]
    public void Append_DurableOnes_WaitForTheDiskAndCoverAllBefore()
    {
        var stream = new FailingStream(int.MaxValue);
        var time = new ManualTime(); // the commit in the background never comes
        using var file = JournalFile.Create(Path, time, new JournalWatch { Open = _ => stream });
        for (int count = 0; count < 200; count++)
            file.Append("""{"n":1}""", durable: false);
        Assert.Equal(0, stream.Flushes);
        file.Append("""{"n":2}""", durable: true);
        Assert.Equal(1, stream.Flushes);
        file.Sync(); // there is nothing new
        Assert.Equal(1, stream.Flushes);
    }

    [Fact]
    public async Task Append_ManyWithoutWaiting_AreCommittedTogether()
    {
        var stream = new FailingStream(int.MaxValue);
        var time = new ManualTime();
        using var file = JournalFile.Create(Path, time, new JournalWatch { Open = _ => stream });
        for (int count = 0; count < 200; count++)
            file.Append("""{"n":1}""", durable: false);
        time.Advance(TimeSpan.FromSeconds(1));
        await RetryAndTimeoutTests.Until(() => stream.Flushes == 1);
        file.Sync();
        Assert.Equal(1, stream.Flushes);
    }

    [Fact]
    public void Append_DiskIsFull_SaysSoAndNeverWritesAgain()
    {
        var stream = new FailingStream(1);
        using var file = JournalFile.Create(Path, TimeProvider.System, new JournalWatch { Open = _ => stream });
        file.Append("""{"n":1}""", durable: true);
        JournalException error = Assert.Throws<JournalException>(() => file.Append("""{"n":2}""", durable: true));
        Assert.Contains("No space left on device", error.Evidence, StringComparison.Ordinal);
        Assert.Contains("resume", error.Advice, StringComparison.Ordinal);
        Assert.Throws<JournalException>(() => file.Append("""{"n":3}""", durable: false));
        Assert.Throws<JournalException>(file.Sync);
        Assert.Equal(0, stream.WritesAfterFailure); // a half line in the middle would cost the whole journal
    }

    [Fact]
    public void Create_FolderIsNotThere_SaysWhatToDo()
    {
        JournalException error = Assert.Throws<JournalException>(() => JournalFile.Create(System.IO.Path.Combine(_folder.Path, "nowhere", "journal.jsonl"), TimeProvider.System, null));
        Assert.Contains("nowhere", error.Evidence, StringComparison.Ordinal);
    }

    private string Path => System.IO.Path.Combine(_folder.Path, "journal.jsonl");

    private JournalContent Read() => JournalLines.Read(File.ReadAllBytes(Path), Path);
}
