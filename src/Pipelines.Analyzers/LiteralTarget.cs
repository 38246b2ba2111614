using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;
using Microsoft.CodeAnalysis.CSharp.Syntax;

namespace Pipelines.Analyzers;

/// <summary>What a literal is given to.</summary>
internal sealed class LiteralTarget
{
    private LiteralTarget(string name, bool isEntry)
    {
        Name = name;
        IsEntry = isEntry;
    }

    /// <summary>The name of the variable, property, parameter, key or setting.</summary>
    public string Name { get; }

    /// <summary>Whether it is the entry of a dictionary, by its key.</summary>
    public bool IsEntry { get; }

    /// <summary>The target of a literal; null where nothing names one.</summary>
    public static LiteralTarget? Of(ExpressionSyntax literal, SemanticModel model, CancellationToken cancellationToken)
    {
        ExpressionSyntax value = literal;
        while (value.Parent is ParenthesizedExpressionSyntax or CastExpressionSyntax or PostfixUnaryExpressionSyntax || value.Parent is BinaryExpressionSyntax { RawKind: (int)SyntaxKind.CoalesceExpression } || value.Parent is ConditionalExpressionSyntax conditional && conditional.Condition != value)
            value = (ExpressionSyntax)value.Parent;
        return value.Parent switch
        {
            EqualsValueClauseSyntax { Parent: VariableDeclaratorSyntax variable } => new LiteralTarget(variable.Identifier.ValueText, false),
            EqualsValueClauseSyntax { Parent: PropertyDeclarationSyntax property } => new LiteralTarget(property.Identifier.ValueText, false),
            EqualsValueClauseSyntax { Parent: ParameterSyntax parameter } => new LiteralTarget(parameter.Identifier.ValueText, false),
            ArrowExpressionClauseSyntax { Parent: PropertyDeclarationSyntax property } => new LiteralTarget(property.Identifier.ValueText, false),
            AssignmentExpressionSyntax assignment when assignment.Right == value => OfLeft(assignment.Left, model, cancellationToken),
            ArgumentSyntax argument => OfArgument(argument, model, cancellationToken),
            InitializerExpressionSyntax { RawKind: (int)SyntaxKind.ComplexElementInitializerExpression, Expressions: { Count: 2 } pair } when pair[1] == value => OfKey(pair[0], model, cancellationToken),
            _ => null,
        };
    }

    private static LiteralTarget? OfLeft(ExpressionSyntax left, SemanticModel model, CancellationToken cancellationToken) => left switch
    {
        IdentifierNameSyntax name => new LiteralTarget(name.Identifier.ValueText, false),
        MemberAccessExpressionSyntax member => new LiteralTarget(member.Name.Identifier.ValueText, false),
        ImplicitElementAccessSyntax { ArgumentList.Arguments: { Count: 1 } keys } => OfKey(keys[0].Expression, model, cancellationToken),
        ElementAccessExpressionSyntax { ArgumentList.Arguments: { Count: 1 } keys } => OfKey(keys[0].Expression, model, cancellationToken),
        _ => null,
    };

    private static LiteralTarget? OfKey(ExpressionSyntax key, SemanticModel model, CancellationToken cancellationToken) =>
        model.GetConstantValue(key, cancellationToken).Value is string name ? new LiteralTarget(name, true) : null;

    /// <summary>The parameter; or, in a call such as <c>Add("password", value)</c>, the text before it.</summary>
    private static LiteralTarget? OfArgument(ArgumentSyntax argument, SemanticModel model, CancellationToken cancellationToken)
    {
        if (argument.NameColon is { } named)
            return new LiteralTarget(named.Name.Identifier.ValueText, false);
        if (argument.Parent is not BaseArgumentListSyntax list || list.Parent is null || model.GetSymbolInfo(list.Parent, cancellationToken).Symbol is not IMethodSymbol method)
            return null;
        int index = list.Arguments.IndexOf(argument);
        if (index >= method.Parameters.Length)
            return null;
        string parameter = method.Parameters[index].Name;
        if (parameter == "value" && index > 0 && OfKey(list.Arguments[index - 1].Expression, model, cancellationToken) is { } entry)
            return entry;
        return method is { Name: "Of", ContainingType.Name: "Secret" } && index == 0 ? new LiteralTarget("Password", false) : new LiteralTarget(parameter, false);
    }
}
