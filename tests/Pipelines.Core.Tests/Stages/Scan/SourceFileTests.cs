using System.Text;
using Pipelines.Core.Secrets.Detection;
using Pipelines.Core.Stages.Scan;

namespace Pipelines.Core.Tests.Stages.Scan;

public class SourceFileTests
{
    [Theory]
    [InlineData("utf-8")]
    [InlineData("utf-16")]
    [InlineData("utf-16BE")]
    public void Decode_Text_IsReadInItsEncoding(string name)
    {
        var encoding = Encoding.GetEncoding(name);
        byte[] bytes = name == "utf-8" ? encoding.GetBytes("größe") : [.. encoding.GetPreamble(), .. encoding.GetBytes("größe")];
        Assert.Equal("größe", SourceFile.Decode(bytes));
    }

    [Fact]
    public void Decode_NulByte_IsBinary() => Assert.Null(SourceFile.Decode([65, 0, 66]));

    [Fact]
    public void Decode_Empty_IsText() => Assert.Equal("", SourceFile.Decode([]));

    [Theory]
    [InlineData("src/App.cs", "Code")]
    [InlineData("app.py", "Code")]
    [InlineData("ci/Jenkinsfile", "Code")]
    [InlineData(".env", "Configuration")]
    [InlineData("values.yaml", "Configuration")]
    [InlineData("Dockerfile", "Configuration")]
    [InlineData("README.md", "Configuration")]
    public void KindOf_Path_TellsWhatUnquotedValuesMean(string path, string kind) => Assert.Equal(Enum.Parse<TextKind>(kind), SourceFile.KindOf(path));
}
