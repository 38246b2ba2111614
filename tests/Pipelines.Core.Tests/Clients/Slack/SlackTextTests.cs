using Pipelines.Core.Clients.Slack;

namespace Pipelines.Core.Tests.Clients.Slack;

public class SlackTextTests
{
    [Theory]
    [InlineData("a & b <!channel> c", "a &amp; b &lt;!channel&gt; c")]
    [InlineData("plain", "plain")]
    public void Escape_MarkupCharacters_MeanNothing(string text, string expected) => Assert.Equal(expected, SlackText.Escape(text));

    [Theory]
    [InlineData("abcdef", 6, "abcdef")]
    [InlineData("abcdef", 4, "abc…")]
    [InlineData("ab&amp;cd", 6, "ab…")] // never half an escape
    [InlineData("ab&amp;cd", 8, "ab&amp;…")]
    [InlineData("ab😀cd", 4, "ab…")] // never half a character
    public void Cut_LongText_IsCutAtAWholeCharacter(string text, int length, string expected) => Assert.Equal(expected, SlackText.Cut(text, length));

    [Fact]
    public void CodeBlock_WithFences_StaysOneBlock() => Assert.Equal("```a'''b&lt;```", SlackText.CodeBlock("a```b<", 100));

    [Fact]
    public void Link_WithBar_StaysOneLink() => Assert.Equal("<https://ci.example.com/a%7Cb?x=1&amp;y=2|build &gt;>", SlackText.Link(new Uri("https://ci.example.com/a|b?x=1&y=2"), "build >"));
}
