using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Pipelines.Core.Tests.Architecture;

/// <summary>Compiles sources in process, against what the tests themselves run on.</summary>
internal static class Roslyn
{
    private const string ImplicitUsings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Net.Http; global using System.Threading; global using System.Threading.Tasks;
        """;

    private static readonly CSharpParseOptions Parse = new(LanguageVersion.CSharp13);

    private static readonly (string Path, MetadataReference Reference)[] Assemblies =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => (path, (MetadataReference)MetadataReference.CreateFromFile(path)))];

    public static CSharpCompilation Compile(string assemblyName, IReadOnlyDictionary<string, string> files, OutputKind kind, bool withoutOurs) => CSharpCompilation.Create(
        assemblyName,
        [.. files.Select(file => CSharpSyntaxTree.ParseText(file.Value, Parse, file.Key)), CSharpSyntaxTree.ParseText(ImplicitUsings, Parse, "ImplicitUsings.cs")],
        Assemblies.Where(one => !withoutOurs || !Path.GetFileName(one.Path).StartsWith("Pipelines.", StringComparison.Ordinal)).Select(one => one.Reference),
        new CSharpCompilationOptions(kind, nullableContextOptions: NullableContextOptions.Enable, allowUnsafe: true));
}
