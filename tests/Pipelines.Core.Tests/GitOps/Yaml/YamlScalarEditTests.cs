using System.Text;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Tests.GitOps.Yaml;

public class YamlScalarEditTests
{
    private const string New = "0a1b2c3d";

    [Theory]
    [InlineData("image:\n  tag: old\n", "image:\n  tag: 0a1b2c3d\n")]
    [InlineData("image:\r\n  tag: old # why\r\n  x: 1\r\n", "image:\r\n  tag: 0a1b2c3d # why\r\n  x: 1\r\n")] // CRLF, comment
    [InlineData("image:\n  tag: old", "image:\n  tag: 0a1b2c3d")] // no final newline
    [InlineData("\uFEFFimage:\n  tag: old\n", "\uFEFFimage:\n  tag: 0a1b2c3d\n")] // byte order mark
    [InlineData("image:\n  tag:   'old'   # c\n", "image:\n  tag:   '0a1b2c3d'   # c\n")]
    [InlineData("image:\n  tag: \"old\"\n", "image:\n  tag: \"0a1b2c3d\"\n")]
    [InlineData("image:\n  tag: &t old\nother: *t\n", "image:\n  tag: &t 0a1b2c3d\nother: *t\n")] // anchor on the value
    [InlineData("image:\n  tag: !!str &t 'old'\n", "image:\n  tag: !!str &t '0a1b2c3d'\n")]
    [InlineData("image: {repository: a, tag: old, x: [1, 2]}\n", "image: {repository: a, tag: 0a1b2c3d, x: [1, 2]}\n")] // flow style
    [InlineData("{\"image\":{\"tag\":\"old\"}}", "{\"image\":{\"tag\":\"0a1b2c3d\"}}")]
    [InlineData("a: 1\n---\n# two\nimage:\n  tag: old\n...\n", "a: 1\n---\n# two\nimage:\n  tag: 0a1b2c3d\n...\n")] // several documents
    [InlineData("image:\n  tag: |-\n    old\n\n# end\nx: y\n", "image:\n  tag: |-\n    0a1b2c3d\n\n# end\nx: y\n")] // block scalar
    [InlineData("image:\n  tag: >1\n    old\n  x: y\n", null)] // the indicator makes the spaces part of the value
    [InlineData("image:\n  tag: > # c\r\n    old\r\n    more\r\n  x: y\r\n", "image:\n  tag: > # c\r\n    0a1b2c3d\r\n  x: y\r\n")]
    [InlineData("image:\n  tag:\n  x: y\n", "image:\n  tag: 0a1b2c3d\n  x: y\n")] // empty value
    [InlineData("image:\n  tag:", "image:\n  tag: 0a1b2c3d")]
    [InlineData("image:\n  tag:   # set by CI\n", "image:\n  tag: 0a1b2c3d   # set by CI\n")]
    [InlineData("image:\n  tag: &t\n  x: *t\n", "image:\n  tag: &t 0a1b2c3d\n  x: *t\n")]
    [InlineData("image:\n  tag: ~\n", "image:\n  tag: 0a1b2c3d\n")]
    [InlineData("image: {tag: , x: 1}\n", "image: {tag: 0a1b2c3d, x: 1}\n")]
    [InlineData("image:\n  tag: ''\n", "image:\n  tag: '0a1b2c3d'\n")]
    [InlineData("image:\n  tag: 😀 # ü\n  ü: 1\n", "image:\n  tag: 0a1b2c3d # ü\n  ü: 1\n")]
    [InlineData("ü: 😀😀\nimage:\n  \"tag\" :  old\n", "ü: 😀😀\nimage:\n  \"tag\" :  0a1b2c3d\n")]
    [InlineData("image:\n  tag:\n    old\n", "image:\n  tag:\n    0a1b2c3d\n")]
    [InlineData("? image\n: ? tag\n  : old\n", "? image\n: ? tag\n  : 0a1b2c3d\n")]
    public void Set_AnyLayout_ChangesOnlyTheValue(string before, string? after)
    {
        if (after is null)
        {
            Assert.Contains("cannot be edited safely", Assert.Throws<ManifestFileException>(() => Set(before, New)).Message, StringComparison.Ordinal);
            return;
        }

        Assert.Equal(after, Set(before, New));
        Assert.Equal(New, Open(after).Value);
        Assert.Equal(after, Set(after, New));
    }

    [Theory]
    [InlineData("1234567e12")] // a short commit id that is a float
    [InlineData("12345678")]
    [InlineData("0123")]
    [InlineData("1e3")]
    [InlineData("1.20")]
    [InlineData("0x1F")]
    [InlineData("0b01")]
    [InlineData("1_000")]
    [InlineData("12:30")]
    [InlineData("2026-01-02")]
    [InlineData("true")]
    [InlineData("No")]
    [InlineData("y")]
    [InlineData("null")]
    [InlineData("NULL")]
    [InlineData("a: b")]
    [InlineData("a #b")]
    [InlineData("-x")]
    [InlineData("*x")]
    [InlineData("a\"b\\")]
    public void Set_PlainValueThatYamlWouldReadOtherwise_IsQuoted(string value)
    {
        string after = Set("image:\n  tag: old\n", value);
        Assert.Equal($"image:\n  tag: \"{value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"\n", after);
        Assert.Equal(value, Open(after).Value);
    }

    [Theory]
    [InlineData("v1.2.3")]
    [InlineData("1.2.3")]
    [InlineData("1.2.3-rc.1")]
    [InlineData("0123456789abcdef0123456789abcdef01234567")]
    [InlineData("0123456789abcdef0123456789abcdef01234567-dirty.0123456789ab")]
    public void Set_PlainValueThatIsAString_StaysPlain(string value) => Assert.Equal($"image:\n  tag: {value}\n", Set("image:\n  tag: old\n", value));

    [Fact]
    public void Set_SameTextThatYamlReadsAsNumber_GetsQuotes() =>
        Assert.Equal("image:\n  tag: \"1234567e12\"\n", Set("image:\n  tag: 1234567e12\n", "1234567e12"));

    [Fact]
    public void SetAsIn_EarlierVersion_GivesItsBytesBack()
    {
        foreach (string before in new[] { "image:\n  tag:\n", "image:\n  tag: 'a'\n", "image:\n  tag:  # c\n", "image:\n  tag: 1.20\n", "image:\n  tag: |-\n    a\n" })
        {
            string after = Set(before, New);
            Assert.Equal(before, Encoding.UTF8.GetString(Open(after).SetAsIn(Open(before))));
        }
    }

    [Theory]
    [InlineData("a.b", "a:\n  b: x\n", "x")]
    [InlineData("list.1.tag", "list:\n- tag: x\n- tag: y\n", "y")]
    [InlineData(@"annotations.example\.com/tag", "annotations:\n  example.com/tag: x\n", "x")]
    [InlineData(@"a\\b", "a\\b: x\n", "x")]
    [InlineData("404", "404: x\n", "x")]
    public void Value_PathForms_Lead(string path, string yaml, string value) => Assert.Equal(value, Open(yaml, path).Value);

    [Theory]
    [InlineData("image:\n  repository: a\n  tagg: b\n", 2, 3, "There is no key 'image.tag'", "'image' holds repository, tagg", "Is 'tagg' meant?")]
    [InlineData("foo: 1\n", 1, 1, "There is no key 'image'", "the top level holds foo", "manifest.key")]
    [InlineData("image: a\n", 1, 8, "it is a plain value", "", "manifest.key")]
    [InlineData("image:\n  tag:\n    a: 1\n", 3, 5, "is a map", "it holds a", "image.tag.a")]
    [InlineData("image:\n  tag: [a]\n", 2, 8, "is a sequence", "", "image.tag.0")]
    [InlineData("image:\n- tag: a\n", 2, 1, "has no 'tag'", "0 to 0", "number")]
    [InlineData("x: &x 1\nimage:\n  tag: *x\n", 3, 8, "alias '*x'", "", "'&x'")]
    [InlineData("x: &x {tag: 1}\nimage: *x\n", 2, 8, "alias '*x'", "", "'&x'")]
    [InlineData("x: &x {tag: 1}\nimage:\n  <<: *x\n  a: 1\n", 3, 3, "only comes from a merge", "", "'tag:'")]
    [InlineData("x: &x {tag: 1}\ny: &y\n  <<: [*x]\nimage:\n  <<: *y\n", 5, 3, "only comes from a merge", "", "'tag:'")]
    [InlineData("image:\n  tag: a\n  tag: b\n", 3, 3, "twice", "line 2", "Remove")]
    [InlineData("image:\n  tag: a\n---\nimage:\n  tag: b\n", 5, 8, "several documents", "line 2", "one document")]
    [InlineData("image:\n  tag: a\n b: c\n", 3, 2, "no valid YAML", "", "Correct the file")]
    [InlineData("image: [\n", 2, 1, "no valid YAML", "", "Correct the file")]
    [InlineData("", 1, 1, "empty", "", "image.tag")]
    [InlineData("# only a comment\n", 1, 1, "empty", "", "image.tag")]
    public void Open_ValueThatCannotBeSet_NamesFileLineColumnAndAdvice(string yaml, int line, int column, string what, string evidence, string advice)
    {
        ManifestFileException error = Assert.Throws<ManifestFileException>(() => Open(yaml));
        Assert.Contains(what, error.What, StringComparison.Ordinal);
        Assert.Contains(evidence, error.Evidence, StringComparison.Ordinal);
        Assert.Contains(advice, error.Advice, StringComparison.Ordinal);
        Assert.Equal(("values.yaml", line, column), (error.File, (int)error.Line!, (int)error.Column!));
        Assert.Contains($"values.yaml:{line}:{column}", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoUtf8_NamesTheByte()
    {
        ManifestFileException error = Assert.Throws<ManifestFileException>(() => YamlScalarEdit.Open("values.yaml", [.. "a: 1\nb: "u8, 0xff, .. "\n"u8], YamlKeyPath.Parse("a")));
        Assert.Contains("no UTF-8", error.What, StringComparison.Ordinal);
        Assert.Equal((2, 4), ((int)error.Line!, (int)error.Column!));
    }

    [Fact]
    public void Open_DeepNesting_IsAnErrorNotACrash() =>
        Assert.Contains("levels", Assert.Throws<ManifestFileException>(() => Open(new string('[', 100_000))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("")]
    [InlineData("a..b")]
    [InlineData(".a")]
    public void Parse_PathWithEmptyLevel_Refuses(string path) => Assert.Throws<InvalidUsageException>(() => YamlKeyPath.Parse(path));

    private static YamlScalarEdit Open(string yaml, string path = "image.tag") => YamlScalarEdit.Open("values.yaml", Encoding.UTF8.GetBytes(yaml), YamlKeyPath.Parse(path));

    private static string Set(string yaml, string value) => Encoding.UTF8.GetString(Open(yaml).Set(value));
}
