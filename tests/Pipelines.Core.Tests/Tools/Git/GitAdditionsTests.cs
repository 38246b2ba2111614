using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Tests.Tools.Git;

public class GitAdditionsTests
{
    private readonly List<(string Commit, string File, string Text, int[] Lines)> _added = [];

    [Fact]
    public void Read_TwoCommits_GivesAddedLinesWithTheirNumbers()
    {
        Read($"""
            {GitAdditions.CommitMark}aaa

            diff --git a/x.txt b/x.txt
            index 1..2 100644
            --- a/x.txt
            +++ b/x.txt
            @@ -1 +1,2 @@
            -old
            +new
            +second
            @@ -9,0 +11 @@ context
            +eleventh
            \ No newline at end of file
            diff --git a/y b/y
            Binary files a/y and b/y differ
            {GitAdditions.CommitMark}bbb

            diff --git a/a b.txt b/a b.txt
            --- a/a b.txt
            +++ b/a b.txt
            @@ -0,0 +1 @@
            +z
            """);
        Assert.Equal(2, _added.Count);
        Assert.Equal(("aaa", "x.txt", "new\nsecond\neleventh\n"), (_added[0].Commit, _added[0].File, _added[0].Text));
        Assert.Equal([1, 2, 11], _added[0].Lines);
        Assert.Equal(("bbb", "a b.txt", "z\n"), (_added[1].Commit, _added[1].File, _added[1].Text));
    }

    [Fact] // a line that looks like a header is what the hunk's count says it is
    public void Read_AddedLineLooksLikeAHeader_IsAddedText()
    {
        Read($"""
            {GitAdditions.CommitMark}aaa
            diff --git a/x.diff b/x.diff
            --- a/x.diff
            +++ b/x.diff
            @@ -1,2 +1,3 @@
            --- a/other
            -@@ -1 +1 @@
            +++ b/evil.txt
            +@@ -1 +1 @@
            +-----BEGIN
            """);
        Assert.Equal([("x.diff", "++ b/evil.txt\n@@ -1 +1 @@\n-----BEGIN\n")], _added.Select(one => (one.File, one.Text)));
    }

    private void Read(string log)
    {
        var reader = new GitAdditions((commit, file, text, lines) => _added.Add((commit, file, text, [.. lines])));
        foreach (string line in log.Split('\n'))
            reader.Read(line.TrimEnd('\r'));
        reader.Finish();
    }
}
