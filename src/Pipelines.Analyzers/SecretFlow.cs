using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Analyzers;

/// <summary>Which expressions of one member hold a revealed secret: those that come from a source, directly or by local variables.</summary>
internal sealed class SecretFlow
{
    private readonly HashSet<ISymbol> _locals = new(SymbolEqualityComparer.Default);
    private readonly PipelineTypes _types;

    private SecretFlow(PipelineTypes types) => _types = types;

    /// <summary>Looks at a member; null where it has no source at all, which is the case nearly always.</summary>
    public static SecretFlow? Of(ImmutableArray<IOperation> blocks, PipelineTypes types)
    {
        var flow = new SecretFlow(types);
        IOperation[] operations = [.. blocks.SelectMany(block => block.DescendantsAndSelf())];
        if (!operations.Any(operation => operation is IInvocationOperation call && flow.IsSource(call)))
            return null;
        int before;
        do
        {
            before = flow._locals.Count;
            foreach (IOperation operation in operations)
                flow.Follow(operation);
        }
        while (flow._locals.Count > before);
        return flow;
    }

    /// <summary>What an expression reveals, in words; null for nothing.</summary>
    public string? SourceIn(IOperation? value)
    {
        switch (value)
        {
            case IInvocationOperation call:
                return NameOfSource(call) ?? (IsText(call.Type) ? SourceIn(call.Instance) ?? (PassesOn(call.TargetMethod) ? First(call.Arguments.Select(argument => argument.Value)) : null) : null);
            case ILocalReferenceOperation local:
                return _locals.Contains(local.Local) ? $"'{local.Local.Name}', which holds a secret," : null;
            case IParameterReferenceOperation parameter:
                return _locals.Contains(parameter.Parameter) ? $"'{parameter.Parameter.Name}', which holds a secret," : null;
            case IConversionOperation conversion:
                return SourceIn(conversion.Operand);
            case IParenthesizedOperation parentheses:
                return SourceIn(parentheses.Operand);
            case IAwaitOperation awaited:
                return SourceIn(awaited.Operation);
            case ISimpleAssignmentOperation assignment:
                return SourceIn(assignment.Value);
            case IInterpolatedStringOperation text:
                return First(text.Parts.OfType<IInterpolationOperation>().Select(part => part.Expression));
            case IBinaryOperation { OperatorKind: BinaryOperatorKind.Add } sum when IsText(sum.Type):
                return SourceIn(sum.LeftOperand) ?? SourceIn(sum.RightOperand);
            case ICoalesceOperation coalesce:
                return SourceIn(coalesce.Value) ?? SourceIn(coalesce.WhenNull);
            case IConditionalOperation choice:
                return SourceIn(choice.WhenTrue) ?? SourceIn(choice.WhenFalse);
            case IConditionalAccessOperation access:
                return IsText(access.WhenNotNull.Type) ? SourceIn(access.Operation) ?? SourceIn(access.WhenNotNull) : SourceIn(access.WhenNotNull);
            case ISwitchExpressionOperation choice:
                return First(choice.Arms.Select(arm => arm.Value));
            case IArrayCreationOperation { Initializer: { } items }:
                return First(items.ElementValues);
            case ICollectionExpressionOperation items:
                return First(items.Elements);
            case ISpreadOperation spread:
                return SourceIn(spread.Operand);
            default:
                return null;
        }
    }

    private string? First(IEnumerable<IOperation> values)
    {
        foreach (IOperation value in values)
            if (SourceIn(value) is { } source)
                return source;
        return null;
    }

    private void Follow(IOperation operation)
    {
        switch (operation)
        {
            case IVariableDeclaratorOperation { Initializer: { } initializer } variable when SourceIn(initializer.Value) is not null:
                _locals.Add(variable.Symbol);
                break;
            case IVariableDeclaratorOperation { Initializer: null, Parent: IVariableDeclarationOperation { Initializer: { } shared } } variable when SourceIn(shared.Value) is not null:
                _locals.Add(variable.Symbol);
                break;
            case IAssignmentOperation assignment when SourceIn(assignment.Value) is not null:
                if (assignment.Target is ILocalReferenceOperation local)
                    _locals.Add(local.Local);
                else if (assignment.Target is IParameterReferenceOperation parameter)
                    _locals.Add(parameter.Parameter);
                break;
            case IIsPatternOperation { Pattern: IDeclarationPatternOperation { DeclaredSymbol: { } declared } } pattern when SourceIn(pattern.Value) is not null:
                _locals.Add(declared);
                break;
            case IIsPatternOperation { Pattern: IRecursivePatternOperation { DeclaredSymbol: { } declared } } pattern when SourceIn(pattern.Value) is not null:
                _locals.Add(declared);
                break;
        }
    }

    private bool IsSource(IInvocationOperation call) => NameOfSource(call) is not null;

    private string? NameOfSource(IInvocationOperation call)
    {
        IMethodSymbol method = call.TargetMethod;
        if (method.Name == "Reveal" && PipelineTypes.Are(method.ContainingType, _types.Secret))
            return "A revealed secret";
        if (call.Arguments.Length == 0 || call.Arguments[0].Value.ConstantValue.Value is not string name)
            return null;
        if (method.Name == "GetEnvironmentVariable" && PipelineTypes.Are(method.ContainingType, _types.Environment) && SecretNames.IsSecret(name))
            return $"The variable {name}";
        return method.Name.StartsWith("ReadAll", StringComparison.Ordinal) && PipelineTypes.Are(method.ContainingType, _types.File) && IsSecretFile(name) ? $"The file {name}" : null;
    }

    private static bool IsSecretFile(string path) => path.StartsWith("/run/secrets/", StringComparison.Ordinal) || path.StartsWith("/var/run/secrets/", StringComparison.Ordinal);

    /// <summary>Calls whose result holds what they are given: joined, formatted, encoded.</summary>
    private static bool PassesOn(IMethodSymbol method) => method.ContainingType is { } type
        && ((method.Name is "GetBytes" or "GetString" && type.Name.EndsWith("Encoding", StringComparison.Ordinal))
            || (method.IsStatic && (type.SpecialType == SpecialType.System_String || (type.ContainingNamespace?.Name == "System" && type.Name is "Convert" or "Uri") || type.Name is "WebUtility" or "Regex" or "Path")));

    private static bool IsText(ITypeSymbol? type) => type?.SpecialType is SpecialType.System_String or SpecialType.System_Object or SpecialType.System_Char
        || type is IArrayTypeSymbol { ElementType.SpecialType: SpecialType.System_String or SpecialType.System_Char or SpecialType.System_Byte };
}
