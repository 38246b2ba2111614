using System.Collections.Immutable;
using System.Composition;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CodeActions;
using Microsoft.CodeAnalysis.CodeFixes;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Formatting;

namespace Pipelines.Analyzers.CodeFixes;

/// <summary>Takes a hard-coded secret out of the program: a reference where one fits, else the variable of the environment.</summary>
[ExportCodeFixProvider(LanguageNames.CSharp, Name = nameof(HardCodedSecretFix))]
[Shared]
internal sealed class HardCodedSecretFix : CodeFixProvider
{
    public override ImmutableArray<string> FixableDiagnosticIds { get; } = [Rules.HardCodedSecret.Id, Rules.NamedSecret.Id];

    public override FixAllProvider GetFixAllProvider() => WellKnownFixAllProviders.BatchFixer;

    public override async Task RegisterCodeFixesAsync(CodeFixContext context)
    {
        if (await context.Document.GetSyntaxRootAsync(context.CancellationToken).ConfigureAwait(false) is not { } root
            || await context.Document.GetSemanticModelAsync(context.CancellationToken).ConfigureAwait(false) is not { } model)
        {
            return;
        }

        foreach (Diagnostic diagnostic in context.Diagnostics)
        {
            if (root.FindNode(diagnostic.Location.SourceSpan, getInnermostNodeForTie: true) is not LiteralExpressionSyntax { RawKind: (int)SyntaxKind.StringLiteralExpression } literal
                || !diagnostic.Properties.TryGetValue(HardCodedSecretAnalyzer.VariableProperty, out string? variable) || variable is null
                || Replacement(literal, model, variable, context.CancellationToken) is not { } fix)
            {
                continue;
            }

            context.RegisterCodeFix(
                CodeAction.Create(fix.Title, _ => Task.FromResult(context.Document.WithSyntaxRoot(root.ReplaceNode(fix.Old, fix.New.WithTriviaFrom(fix.Old).WithAdditionalAnnotations(Formatter.Annotation)))), fix.Title),
                diagnostic);
        }
    }

    private static (string Title, SyntaxNode Old, SyntaxNode New)? Replacement(LiteralExpressionSyntax literal, SemanticModel model, string variable, CancellationToken cancellationToken)
    {
        string reference = $"env://{variable}";
        if (model.GetTypeInfo(literal, cancellationToken).ConvertedType?.SpecialType != SpecialType.System_String || IsConstant(literal))
            return null;
        if (literal.Parent is ArgumentSyntax { Parent.Parent: InvocationExpressionSyntax call } && model.GetSymbolInfo(call, cancellationToken).Symbol is IMethodSymbol method)
        {
            if (method is { Name: "Parse", ContainingType.Name: "SecretReference" })
                return ($"Write the reference {reference}", literal, Literal(reference));
            if (method is { Name: "Of", ContainingType.Name: "Secret" } && StageContextAt(literal, model) is { } stage)
                return ($"Read {reference}", call, SyntaxFactory.ParseExpression($"await {stage}.Secrets.GetAsync(SecretReference.Parse(\"{reference}\"))"));
        }

        // The keys of settings have dots: settings hold references, and the template resolves them.
        if (LiteralTarget.Of(literal, model, cancellationToken) is { IsEntry: true, Name: var key } && key.IndexOf('.') > 0)
            return ($"Write the reference {reference}", literal, Literal(reference));
        return ($"Read the variable {variable}", literal, SyntaxFactory.ParseExpression($"(System.Environment.GetEnvironmentVariable(\"{variable}\") ?? throw new System.InvalidOperationException(\"Set the variable {variable}.\"))"));
    }

    /// <summary>A variable in scope that hands out secrets, where the code may wait for it.</summary>
    private static string? StageContextAt(LiteralExpressionSyntax literal, SemanticModel model)
    {
        bool isAsync = literal.Ancestors().FirstOrDefault(node => node is AnonymousFunctionExpressionSyntax or LocalFunctionStatementSyntax or MethodDeclarationSyntax) switch
        {
            AnonymousFunctionExpressionSyntax lambda => lambda.AsyncKeyword.RawKind != 0,
            LocalFunctionStatementSyntax function => function.Modifiers.Any(SyntaxKind.AsyncKeyword),
            MethodDeclarationSyntax method => method.Modifiers.Any(SyntaxKind.AsyncKeyword),
            _ => false,
        };
        return !isAsync ? null : model.LookupSymbols(literal.SpanStart).FirstOrDefault(symbol => TypeOf(symbol) is { Name: "StageContext", ContainingNamespace: { Name: "Core", ContainingNamespace.Name: "Pipelines" } })?.Name;
    }

    private static ITypeSymbol? TypeOf(ISymbol symbol) => symbol switch
    {
        IParameterSymbol parameter => parameter.Type,
        ILocalSymbol local => local.Type,
        IFieldSymbol field => field.Type,
        IPropertySymbol property => property.Type,
        _ => null,
    };

    /// <summary>Where the language wants a constant, no call can stand.</summary>
    private static bool IsConstant(LiteralExpressionSyntax literal) => literal.Ancestors().Any(node => node switch
    {
        AttributeSyntax or CaseSwitchLabelSyntax or ConstantPatternSyntax or EqualsValueClauseSyntax { Parent: ParameterSyntax } => true,
        FieldDeclarationSyntax field => field.Modifiers.Any(SyntaxKind.ConstKeyword),
        LocalDeclarationStatementSyntax local => local.IsConst,
        _ => false,
    });

    private static LiteralExpressionSyntax Literal(string text) => SyntaxFactory.LiteralExpression(SyntaxKind.StringLiteralExpression, SyntaxFactory.Literal(text));
}
