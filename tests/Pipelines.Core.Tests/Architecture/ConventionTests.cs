using System.Reflection;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Core.Tests.Architecture;

/// <summary>House rules that a machine can check.</summary>
public partial class ConventionTests
{
    private static readonly Assembly Core = typeof(PipelineBuilder).Assembly;

    public static TheoryData<string> Projects => [.. Directory.EnumerateDirectories(Path.Combine(SourceTree.Root, "src")).Select(folder => Path.GetFileName(folder))];

    public static TheoryData<Type> Evidence =>
        [typeof(BuiltImage), typeof(ScannedImage), typeof(PublishedImage), typeof(Deployment), typeof(ProvenDeployment), typeof(Approval), typeof(ScannedSource)];

    [Fact]
    public void PublicConcreteTypes_AreSealed() =>
        Assert.All(Core.GetExportedTypes().Where(type => type.IsClass && !type.IsAbstract), type => Assert.True(type.IsSealed, $"{type} is public and can be derived from: seal it."));

    [Fact]
    public void Stages_AreSealedRecordsWithInitOnlyOptions()
    {
        Type[] stages = [.. Core.GetTypes().Where(type => !type.IsInterface && type.GetInterfaces().Any(IsStage))];
        Assert.NotEmpty(stages);
        foreach (Type stage in stages)
        {
            Assert.True(stage.IsSealed, $"{stage} is not sealed.");
            Assert.True(stage.GetMethod("<Clone>$") is not null, $"{stage} is no record.");
            Assert.All(
                stage.GetProperties().Where(property => property.SetMethod is not null),
                property => Assert.True(IsInitOnly(property), $"{stage}.{property.Name} can be set after the stage was made: use init."));
            Assert.All(stage.GetFields(BindingFlags.Public | BindingFlags.Instance), field => Assert.Fail($"{stage}.{field.Name} is a public field: use an init property."));
        }

        static bool IsStage(Type type) =>
            type.IsGenericType && type.Namespace == "Pipelines.Core" && type.Name.StartsWith("IStage`", StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Evidence))]
    public void Evidence_CannotBeForged(Type type)
    {
        Assert.True(type.IsSealed);
        Assert.Empty(type.GetConstructors());
        Assert.All(type.GetProperties(), property => Assert.False(property.SetMethod?.IsPublic ?? false, $"{type.Name}.{property.Name}: 'with' could forge it."));
        Assert.Empty(type.GetFields(BindingFlags.Public | BindingFlags.Instance));
        Assert.DoesNotContain(type.GetMethods(BindingFlags.Public | BindingFlags.Static), method => method.ReturnType == type);
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Deserialize("{}", type));
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Files_AreShortAndHoldOneType(string project)
    {
        foreach ((string path, string text) in SourceTree.Files(project))
        {
            int lines = text.Count(character => character == '\n');
            Assert.True(lines <= 400, $"{project}/{path} has {lines} lines, 400 are allowed: split it as Type.Aspect.cs.");
            BaseTypeDeclarationSyntax[] types =
            [
                .. CSharpSyntaxTree.ParseText(text).GetRoot().DescendantNodes().OfType<BaseTypeDeclarationSyntax>()
                    .Where(type => (type.Parent is BaseNamespaceDeclarationSyntax or CompilationUnitSyntax) && !type.Modifiers.Any(modifier => modifier.IsKind(SyntaxKind.FileKeyword))),
            ];

            // The arities of one type (IStage<…>) are one subject, and stay together.
            Assert.True(types.Select(type => type.Identifier.Text).Distinct().Count() <= 1, $"{project}/{path} holds {string.Join(", ", types.Select(type => type.Identifier.Text))}: one type a file.");
        }
    }

    [Theory]
    [MemberData(nameof(Projects))]
    public void Names_SayWhatAThingIs(string project)
    {
        foreach ((string path, string text) in SourceTree.Files(project))
        {
            Assert.DoesNotMatch(VagueName(), path);
            Assert.False(Unfinished().IsMatch(text), $"{project}/{path}: {Unfinished().Match(text).Value} is left in it. Do it, or open an issue.");
        }
    }

    private static bool IsInitOnly(PropertyInfo property) =>
        property.SetMethod!.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(System.Runtime.CompilerServices.IsExternalInit));

    [GeneratedRegex(@"(^|/)(Utils?|Helpers?|Common)(/|\.)|(Utils?|Helpers?)\.cs$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b")]
    private static partial Regex Unfinished();
}
