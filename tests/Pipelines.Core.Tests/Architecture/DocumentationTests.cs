using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;

namespace Pipelines.Core.Tests.Architecture;

/// <summary>The C# in README and docs is compiled as a user's would be.</summary>
public partial class DocumentationTests
{
    public static TheoryData<string, int> Snippets()
    {
        var data = new TheoryData<string, int>();
        foreach (string file in Directory.GetFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories).Append(Path.Combine(SourceTree.Root, "README.md")))
            for (int index = 0; index < CSharp().Count(File.ReadAllText(file)); index++)
                data.Add(Path.GetRelativePath(SourceTree.Root, file), index);
        return data;
    }

    [Theory]
    [MemberData(nameof(Snippets))]
    public void Snippet_InDocumentation_Compiles(string file, int index)
    {
        string code = CSharp().Matches(File.ReadAllText(Path.Combine(SourceTree.Root, file)))[index].Groups["code"].Value;
        bool isProgram = code.Contains("args", StringComparison.Ordinal);
        var compilation = Roslyn.Compile("Snippet", new Dictionary<string, string> { ["Program.cs"] = code }, isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, withoutOurs: false);
        Assert.Empty(compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.ToString()));
    }

    [GeneratedRegex("^```csharp\n(?<code>.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline | RegexOptions.CultureInvariant)]
    private static partial Regex CSharp();
}
