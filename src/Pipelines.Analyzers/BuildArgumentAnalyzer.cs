using System.Collections.Immutable;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Diagnostics;
using Microsoft.CodeAnalysis.Operations;
using Pipelines.Core.Secrets.Detection;

namespace Pipelines.Analyzers;

/// <summary>PIPE003: a secret among the build arguments of an image, by its name or by where its value comes from.</summary>
[DiagnosticAnalyzer(LanguageNames.CSharp)]
internal sealed class BuildArgumentAnalyzer : DiagnosticAnalyzer
{
    private const string Setting = "image.build-args";

    public override ImmutableArray<DiagnosticDescriptor> SupportedDiagnostics { get; } = [Rules.SecretBuildArgument];

    public override void Initialize(AnalysisContext context)
    {
        context.ConfigureGeneratedCodeAnalysis(GeneratedCodeAnalysisFlags.None);
        context.EnableConcurrentExecution();
        context.RegisterCompilationStartAction(start =>
        {
            var types = new PipelineTypes(start.Compilation);
            if (types.DockerBuild is not null)
                start.RegisterOperationBlockAction(block => Analyze(block, types));
        });
    }

    private static void Analyze(OperationBlockAnalysisContext context, PipelineTypes types)
    {
        SecretFlow? flow = null;
        bool isFollowed = false;
        foreach (IOperation operation in context.OperationBlocks.SelectMany(block => block.DescendantsAndSelf()))
        {
            switch (operation)
            {
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Property: { Name: "BuildArguments" } property } } assignment when PipelineTypes.Are(property.ContainingType, types.DockerBuild):
                    ReportEntries(context, assignment.Value, Flow());
                    break;
                case ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: { Length: 1 } keys }, Value.ConstantValue.Value: string text } setting when keys[0].Value.ConstantValue.Value is Setting:
                    foreach (string pair in text.Split(','))
                        ReportName(context, pair.Split('=')[0].Trim(), setting.Value);
                    break;
            }
        }

        SecretFlow? Flow()
        {
            if (!isFollowed)
                (flow, isFollowed) = (SecretFlow.Of(context.OperationBlocks, types), true);
            return flow;
        }
    }

    private static void ReportEntries(OperationBlockAnalysisContext context, IOperation arguments, SecretFlow? flow)
    {
        foreach (IOperation operation in arguments.DescendantsAndSelf())
        {
            (IOperation? key, IOperation? value) = operation switch
            {
                ISimpleAssignmentOperation { Target: IPropertyReferenceOperation { Arguments: { Length: 1 } keys } } entry => (keys[0].Value, entry.Value),
                IInvocationOperation { TargetMethod.Name: "Add" or "Create", Arguments: { Length: 2 } pair } => (pair[0].Value, pair[1].Value),
                IObjectCreationOperation { Type.Name: "KeyValuePair", Arguments: { Length: 2 } pair } => (pair[0].Value, pair[1].Value),
                _ => (null, null),
            };
            if (key?.ConstantValue.Value is not string name)
                continue;
            if (!ReportName(context, name, key) && flow?.SourceIn(value) is not null)
                context.ReportDiagnostic(Diagnostic.Create(Rules.SecretBuildArgument, value!.Syntax.GetLocation(), name));
        }
    }

    private static bool ReportName(OperationBlockAnalysisContext context, string name, IOperation place)
    {
        if (!SecretNames.IsSecret(name))
            return false;
        context.ReportDiagnostic(Diagnostic.Create(Rules.SecretBuildArgument, place.Syntax.GetLocation(), name));
        return true;
    }
}
