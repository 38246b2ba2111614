using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;
using Microsoft.CodeAnalysis.Diagnostics;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Analyzers;

/// <summary>PIPE001: a literal that is a secret by its shape. PIPE005: a literal under a name that says it is one.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class HardCodedSecretAnalyzer : DiagnosticAnalyzer
{
    /// <summary>The property of a diagnostic that tells the code fix what to call the variable.</summary>
    public const string VariableProperty = "variable";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.HardCodedSecret, Rules.NamedSecret];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterSyntaxNodeAction(AnalyzeLiteral, SyntaxKind.StringLiteralExpression, SyntaxKind.Utf8StringLiteralExpression);
        context.RegisterSyntaxNodeAction(AnalyzeInterpolatedText, SyntaxKind.InterpolatedStringText);
    }

    private static void AnalyzeInterpolatedText(SyntaxNodeAnalysisContext context) =>
        ReportToken(context, ((InterpolatedStringTextSyntax)context.Node).TextToken.ValueText, null);

    private static void AnalyzeLiteral(SyntaxNodeAnalysisContext context)
    {
        var literal = (LiteralExpressionSyntax)context.Node;
        string value = literal.Token.ValueText;
        if (value.Length < 4)
            return;
        LiteralTarget? target = LiteralTarget.Of(literal, context.SemanticModel, context.CancellationToken);
        if (ReportToken(context, value, target) || target is null || !IsSecretValue(value, target.Name))
            return;
        string variable = VariableFor(target.Name);
        context.ReportDiagnostic(Diagnostic.Create(Rules.NamedSecret, literal.GetLocation(), ImmutableDictionary<string, string?>.Empty.Add(VariableProperty, variable), target.Name, variable));
    }

    private static bool ReportToken(SyntaxNodeAnalysisContext context, string value, LiteralTarget? target)
    {
        if (value.Length < 12)
            return false;
        bool found = false;
        foreach (SecretMatch match in SecretDetector.Find(value, TextKind.Literal))
        {
            if (!match.Rule.IsCertain)
                continue;
            found = true;
            string what = match.Preview.Length > 1 ? $"{match.Rule.Description} ({match.Preview})" : match.Rule.Description;
            string variable = VariableFor(target is not null && SecretNames.IsSecret(target.Name) ? target.Name : match.Rule.Id);
            context.ReportDiagnostic(Diagnostic.Create(Rules.HardCodedSecret, context.Node.GetLocation(), ImmutableDictionary<string, string?>.Empty.Add(VariableProperty, variable), what));
        }

        if (found)
            return true;
        if (target is null || SecretNames.StrengthOf(target.Name) == NameStrength.None)
            return false;
        foreach (NamedShape shape in SecretRules.NamedShapes)
        {
            if (!shape.Fits(target.Name, value) || ExampleValues.Has(value))
                continue;
            context.ReportDiagnostic(Diagnostic.Create(Rules.HardCodedSecret, context.Node.GetLocation(), ImmutableDictionary<string, string?>.Empty.Add(VariableProperty, VariableFor(target.Name)), shape.Description));
            return true;
        }

        return false;
    }

    private static bool IsSecretValue(string value, string name)
    {
        NameStrength strength = SecretNames.StrengthOf(name);
        if (strength == NameStrength.None || ExampleValues.IsReference(value) || ExampleValues.Has(value) || value.IndexOfAny([' ', '\t', '\n', '<', '{']) >= 0)
            return false;
        if (NamedValueRule.LooksSecret(value, strength))
            return true;
        return strength switch
        {
            // Anything but the name of a thing: of a variable (DB_PASSWORD), of a setting (registry.password), of a field.
            NameStrength.Strong => !SecretNames.IsName(value),
            NameStrength.Plain => value.Length >= 8 && Randomness.HasDigit(value) && Randomness.HasLetter(value) && Randomness.Varies(value) && !SecretNames.IsName(value) && value.IndexOf('/') < 0,
            _ => false,
        };
    }

    /// <summary><c>registry.password</c> and <c>RegistryPassword</c> both become <c>REGISTRY_PASSWORD</c>.</summary>
    private static string VariableFor(string name)
    {
        string variable = string.Join("_", SecretNames.WordsOf(name)).ToUpperInvariant();
        return variable.Length == 0 ? "SECRET" : variable;
    }
}
