using System.Globalization;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Core.Tests.Architecture;

/// <summary>Arrows between the folders of Core point one way (see docs/architecture.md).</summary>
public class LayerTests
{
    private static readonly Dictionary<string, string[]> Allowed = new(StringComparer.Ordinal)
    {
        ["Model"] = [],
        ["Secrets"] = ["Model"],
        ["Engine"] = ["Model"],
        ["Hosts"] = ["Model"],
        ["Tools"] = ["Model", "Secrets"],
        ["Clients"] = ["Model", "Secrets"],
        ["GitOps"] = ["Model", "Secrets", "Tools"],
        ["Stages"] = ["Model", "Secrets", "Hosts", "Tools", "Clients", "GitOps"],
        ["Reporting"] = ["Model", "Secrets", "Hosts", "Clients"],
        ["Cli"] = ["Model", "Secrets", "Engine", "Hosts", "Tools", "Clients", "GitOps", "Stages", "Reporting"],
    };

    private static readonly Lazy<IReadOnlyList<Reference>> References = new(() => Find(SourceTree.Files("Pipelines.Core")));

    [Fact]
    public void Folders_OfCore_AreTheLayers() =>
        Assert.All(SourceTree.Files("Pipelines.Core").Keys, file => Assert.True(Allowed.ContainsKey(Layer(file)), $"{file}: no layer is called '{Layer(file)}'. Layers: {string.Join(", ", Allowed.Keys)}."));

    [Fact]
    public void References_BetweenLayers_PointOneWay()
    {
        string[] wrong =
        [
            .. References.Value
                .Where(reference => Layer(reference.From) != Layer(reference.To) && !Allowed[Layer(reference.From)].Contains(Layer(reference.To)))
                .Select(reference => $"{reference.From}:{reference.Line} uses {reference.Type} of {reference.To}. {Layer(reference.From)} may use: {Words(Allowed[Layer(reference.From)])}."),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void References_BetweenSubFolders_AreNeverMutual()
    {
        ILookup<(string From, string To), Reference> pairs = References.Value
            .Where(reference => Layer(reference.From) == Layer(reference.To) && Sub(reference.From) != Sub(reference.To) && Sub(reference.From).Length > 0 && Sub(reference.To).Length > 0)
            .ToLookup(reference => (Sub(reference.From), Sub(reference.To)));
        string[] wrong =
        [
            .. pairs.Where(pair => string.CompareOrdinal(pair.Key.From, pair.Key.To) < 0 && pairs.Contains((pair.Key.To, pair.Key.From)))
                .Where(pair => Layer(pair.Key.From) != "Model") // its folders sort one vocabulary: a stage's context tells of the run, and the run of its stages
                .Select(pair => $"{pair.Key.From} and {pair.Key.To} use each other: {pair.First()} and {pairs[(pair.Key.To, pair.Key.From)].First()}."),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void References_BetweenTools_LeadToTheProcessRunnerOnly()
    {
        string[] wrong =
        [
            .. References.Value
                .Where(reference => Layer(reference.From) == "Tools" && Layer(reference.To) == "Tools" && Sub(reference.To) is not ("" or "Tools/Process") && Sub(reference.From) != Sub(reference.To) && Sub(reference.From).Length > 0)
                .Select(reference => $"{reference}. One tool does not know another: let the stage call both."),
        ];
        Assert.True(wrong.Length == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Core_Namespaces_ArePublicInOneAndInternalByFolder()
    {
        CSharpCompilation compilation = Compile(SourceTree.Files("Pipelines.Core"));
        var wrong = new List<string>();
        foreach (SyntaxTree tree in compilation.SyntaxTrees.Where(tree => tree.FilePath.Contains('/', StringComparison.Ordinal)))
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (BaseTypeDeclarationSyntax declaration in tree.GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>().Where(type => type.Parent is not TypeDeclarationSyntax))
            {
                INamedTypeSymbol type = model.GetDeclaredSymbol(declaration)!;
                string actual = type.ContainingNamespace.ToDisplayString();
                string expected = "Pipelines.Core." + Path.GetDirectoryName(tree.FilePath)!.Replace('\\', '/').Replace('/', '.');
                if (type.DeclaredAccessibility == Accessibility.Public ? actual != "Pipelines.Core" : actual != "Pipelines.Core" && !InFolder(actual, expected))
                    wrong.Add($"{tree.FilePath}: {type.Name} is in {actual}. Public types are in Pipelines.Core, internal ones in {expected}.");
            }
        }

        Assert.True(wrong.Count == 0, string.Join('\n', wrong));

        // The layer at least must be right; below it a folder may share the namespace of its parent.
        static bool InFolder(string actual, string expected) => actual == expected || expected.StartsWith(actual + ".", StringComparison.Ordinal);
    }

    [Fact]
    public void Core_ReferencesNeitherSandboxNorTemplates() =>
        Assert.DoesNotContain(typeof(PipelineBuilder).Assembly.GetReferencedAssemblies(), name => name.Name!.StartsWith("Pipelines.", StringComparison.Ordinal));

    [Fact] // so that a mistake in the check itself cannot let everything through
    public void Find_ArrowBack_IsFound()
    {
        IReadOnlyList<Reference> references = Find(new Dictionary<string, string>
        {
            ["Model/A.cs"] = "namespace N; class A { object M() => new B().ToString()!; }",
            ["Engine/B.cs"] = "namespace N; class B { public static int C; }",
            ["Model/D.cs"] = "using static N.B; namespace N; class D { int M() => C; }",
        });
        Assert.Contains(references, reference => reference is { From: "Model/A.cs", To: "Engine/B.cs", Type: "B", Line: 1 });
        Assert.Contains(references, reference => reference is { From: "Model/D.cs", To: "Engine/B.cs" });
    }

    private static CSharpCompilation Compile(IReadOnlyDictionary<string, string> files) => Roslyn.Compile("Pipelines.Core", files, OutputKind.DynamicallyLinkedLibrary, withoutOurs: true);

    private static List<Reference> Find(IReadOnlyDictionary<string, string> files)
    {
        CSharpCompilation compilation = Compile(files);

        // What source generators would add is missing here, and nothing else may be: a name that is not understood would be an arrow that is not seen.
        string[] generated = ["CS0117", "CS0534", "CS8795", "CS0103", "CS7036"];
        Diagnostic[] errors = [.. compilation.GetDiagnostics().Where(one => one.Severity == DiagnosticSeverity.Error && !generated.Contains(one.Id))];
        Assert.True(errors.Length == 0, string.Join('\n', errors.Take(20).Select(one => one.ToString())));

        var references = new HashSet<Reference>();
        foreach (SyntaxTree tree in compilation.SyntaxTrees)
        {
            SemanticModel model = compilation.GetSemanticModel(tree);
            foreach (SimpleNameSyntax name in tree.GetRoot().DescendantNodes().OfType<SimpleNameSyntax>())
            {
                ISymbol? symbol = model.GetSymbolInfo(name).Symbol;
                if ((symbol as INamedTypeSymbol ?? symbol?.ContainingType) is not { } type)
                    continue;
                while (type.ContainingType is { } outer)
                    type = outer;
                int line = tree.GetLineSpan(name.Span).StartLinePosition.Line + 1;
                string[] homes = [.. type.OriginalDefinition.DeclaringSyntaxReferences.Select(declaration => declaration.SyntaxTree.FilePath)];
                if (homes.Length > 0 && !homes.Contains(tree.FilePath))
                    references.Add(new Reference(tree.FilePath, line, type.Name, homes[0]));
            }
        }

        return [.. references];
    }

    private static string Layer(string file) => file.Split('/')[0];

    private static string Sub(string file) => file.Split('/') is { Length: > 2 } parts ? $"{parts[0]}/{parts[1]}" : "";

    private static string Words(string[] layers) => layers.Length == 0 ? "nothing" : string.Join(", ", layers);

    private sealed record Reference(string From, int Line, string Type, string To)
    {
        public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{From}:{Line} uses {Type} of {To}");
    }
}
