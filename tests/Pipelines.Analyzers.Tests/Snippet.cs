using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Text;
using Pipelines.Analyzers.CodeFixes;

namespace Pipelines.Analyzers.Tests;

/// <summary>A build script, as a user's project compiles it, with what the analyzers say about it.</summary>
internal static class Snippet
{
    private const string Usings = """
        global using System; global using System.Collections.Generic; global using System.IO; global using System.Linq;
        global using System.Threading; global using System.Threading.Tasks; global using Pipelines.Core;
        """;

    private static readonly ImmutableArray<DiagnosticAnalyzer> Analyzers = [new HardCodedSecretAnalyzer(), new RevealedSecretAnalyzer(), new BuildArgumentAnalyzer()];

    private static readonly MetadataReference[] References =
        [.. ((string)AppContext.GetData("TRUSTED_PLATFORM_ASSEMBLIES")!).Split(Path.PathSeparator).Select(path => (MetadataReference)MetadataReference.CreateFromFile(path))];

    /// <summary>The diagnostics of a file, each as <c>ID text</c>: the rule and the source it is about.</summary>
    public static async Task<string[]> DiagnoseAsync(string code)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Create(workspace, code);
        SourceText text = await document.GetTextAsync();
        return [.. (await FindAsync(document)).Select(one => $"{one.Id} {text.ToString(one.Location.SourceSpan)}")];
    }

    /// <summary>The one diagnostic of a file.</summary>
    public static async Task<Diagnostic> DiagnoseOneAsync(string code)
    {
        using var workspace = new AdhocWorkspace();
        return Assert.Single(await FindAsync(Create(workspace, code)));
    }

    /// <summary>The file after the code fix of its one diagnostic; it must compile. Null where there is no fix.</summary>
    public static async Task<string?> FixAsync(string code)
    {
        using var workspace = new AdhocWorkspace();
        Document document = Create(workspace, code);
        Diagnostic diagnostic = Assert.Single(await FindAsync(document));
        CodeAction? action = null;
        await new HardCodedSecretFix().RegisterCodeFixesAsync(new CodeFixContext(document, diagnostic, (one, _) => action = one, CancellationToken.None));
        if (action is null)
            return null;
        ImmutableArray<CodeActionOperation> operations = await action.GetOperationsAsync(CancellationToken.None);
        Document changed = Assert.Single(operations.OfType<ApplyChangesOperation>()).ChangedSolution.GetDocument(document.Id)!;
        Assert.Empty(await FindAsync(changed));
        return (await changed.GetTextAsync()).ToString();
    }

    private static async Task<IReadOnlyList<Diagnostic>> FindAsync(Document document)
    {
        Compilation compilation = (await document.Project.GetCompilationAsync())!;
        Assert.Empty(compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error).Select(one => one.ToString()));
        var failures = new List<string>();
        var options = new CompilationWithAnalyzersOptions(new AnalyzerOptions([]), (exception, analyzer, _) => failures.Add($"{analyzer}: {exception}"), concurrentAnalysis: true, logAnalyzerExecutionTime: false);
        ImmutableArray<Diagnostic> diagnostics = await new CompilationWithAnalyzers(compilation, Analyzers, options).GetAnalyzerDiagnosticsAsync();
        Assert.Empty(failures);
        return [.. diagnostics.OrderBy(one => one.Location.SourceSpan.Start)];
    }

    private static Document Create(AdhocWorkspace workspace, string code)
    {
        bool isProgram = !code.StartsWith("class ", StringComparison.Ordinal);
        var options = new CSharpCompilationOptions(isProgram ? OutputKind.ConsoleApplication : OutputKind.DynamicallyLinkedLibrary, nullableContextOptions: NullableContextOptions.Enable);
        Project project = workspace.AddProject(ProjectInfo.Create(
            ProjectId.CreateNewId(), VersionStamp.Default, "build", "Pipelines.Core.Tests", LanguageNames.CSharp, compilationOptions: options, parseOptions: new CSharpParseOptions(LanguageVersion.CSharp13), metadataReferences: References)); // the name lets it see Reveal()
        project = project.AddDocument("Usings.cs", Usings).Project;
        return project.AddDocument("Program.cs", code);
    }
}
