using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;

namespace Pipelines.Analyzers;

/// <summary>PIPE002: a revealed secret that goes into a log, an exception or the arguments of a process.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class RevealedSecretAnalyzer : DiagnosticAnalyzer
{
    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.RevealedSecret];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var types = new PipelineTypes(start.Compilation);
            start.RegisterOperationBlockAction(block => Analyze(block, types));
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, PipelineTypes types)
    {
        if (SecretFlow.Of(context.OperationBlocks, types) is not { } flow)
            return;
        foreach (IOperation operation in context.OperationBlocks.SelectMany(block => block.DescendantsAndSelf()))
        {
            switch (operation)
            {
                case IInvocationOperation call when SinkOf(call, types) is { } sink:
                    Report(context, flow, call.Arguments, sink);
                    break;
                case IObjectCreationOperation creation when SinkOf(creation, types) is { } sink:
                    Report(context, flow, creation.Arguments, sink);
                    break;
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "Arguments" } property } } assignment
                    when PipelineTypes.Are(property.ContainingType, types.ProcessStartInfo) && flow.SourceIn(assignment.Value) is { } source:
                    context.ReportDiagnostic(Diagnostic.Create(Rules.RevealedSecret, assignment.Value.Syntax.GetLocation(), source, "the arguments of a process"));
                    break;
            }
        }
    }

    private static void Report(OperationBlockAnalysisContext context, SecretFlow flow, ImmutableArray<IArgumentOperation> arguments, string sink)
    {
        foreach (IArgumentOperation argument in arguments)
            if (flow.SourceIn(argument.Value) is { } source)
                context.ReportDiagnostic(Diagnostic.Create(Rules.RevealedSecret, argument.Value.Syntax.GetLocation(), source, sink));
    }

    private static string? SinkOf(IInvocationOperation call, PipelineTypes types)
    {
        IMethodSymbol method = call.TargetMethod;
        INamedTypeSymbol type = method.ContainingType;
        bool writes = method.Name.StartsWith("Write", StringComparison.Ordinal);
        if (PipelineTypes.Are(type, types.StageLog))
            return "the stage's log";
        if (PipelineTypes.Are(type, types.StageContext) && method.Name == "Report")
            return "the summary of the run";
        if (writes && (PipelineTypes.Are(type, types.Console) || (call.Instance is IPropertyReferenceOperation { Property: var writer } && PipelineTypes.Are(writer.ContainingType, types.Console))))
            return "the console";
        if (writes && type is { Name: "Debug" or "Trace", ContainingNamespace.Name: "Diagnostics" })
            return "the trace";
        if (type.Name == "LoggerExtensions")
            return "a log";
        if (PipelineTypes.Are(type, types.Command) && method.Name == "WithArguments")
            return "the arguments of a process";
        if (PipelineTypes.Are(type, types.CommandExtensions) && method.Name == "RunAsync")
            return "the arguments of a process";
        return method.Name == "Add" && call.Instance is IPropertyReferenceOperation { Property: { Name: "ArgumentList" } list } && PipelineTypes.Are(list.ContainingType, types.ProcessStartInfo) ? "the arguments of a process" : null;
    }

    private static string? SinkOf(IObjectCreationOperation creation, PipelineTypes types)
    {
        if (PipelineTypes.Are(creation.Type, types.Command) || PipelineTypes.Are(creation.Type, types.ProcessStartInfo))
            return "the arguments of a process";
        for (ITypeSymbol? type = creation.Type; type is not null; type = type.BaseType)
            if (PipelineTypes.Are(type, types.Exception))
                return "an exception";
        return null;
    }
}
