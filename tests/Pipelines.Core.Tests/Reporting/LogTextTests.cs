using Pipelines.Core.Reporting;

namespace Pipelines.Core.Tests.Reporting;

public class LogTextTests
{
    [Theory]
    [InlineData("plain text\twith a tab", "plain text\twith a tab")]
    [InlineData("\u001b[31mred\u001b[0m", "red")]
    [InlineData("\u001b[2J\u001b[1;1Hgone", "gone")]
    [InlineData("\u001b]0;title\aafter", "after")]
    [InlineData("\u001b]8;;https://evil.example.com\u001b\\link\u001b]8;;\u001b\\", "link")]
    [InlineData("\u001b(Bcharset", "charset")]
    [InlineData("cut off \u001b[3", "cut off ")]
    [InlineData("10 %\r55 %\r100 %", "100 %")]
    [InlineData("100 %\r", "100 %")]
    [InlineData("bell\a null\0 back\b del\u007f c1\u009b", "bell null back del c1")]
    [InlineData("emoji 🚀 stays", "emoji 🚀 stays")]
    [InlineData("bidi \u202egnp.exe", "bidi gnp.exe")]
    public void Line_WhateverWasPrinted_IsHarmlessText(string text, string expected) => Assert.Equal(expected, LogText.Line(text));

    [Theory]
    [InlineData("low", 0xDC00)]
    [InlineData("high", 0xD83D)]
    public void Line_LoneSurrogate_IsReplaced(string text, int surrogate) => Assert.Equal(text + "\uFFFD.", LogText.Line(text + (char)surrogate + "."));

    [Fact]
    public void Line_WithColors_KeepsThemAndEndsThem() => Assert.Equal("\u001b[1;31mred\u001b[0m", LogText.Line("\u001b[1;31mr\u001b[2Ked", colors: true));

    [Fact]
    public void Block_KeepsLines() => Assert.Equal("a\nb\nc", LogText.Block("a\r\nb\rc"));

    [Fact]
    public void Cut_NeverSplitsAPair() => Assert.Equal("a…", LogText.Cut("a🚀bc", 3));
}
