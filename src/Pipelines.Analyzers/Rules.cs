using Microsoft.CodeAnalysis;

namespace Pipelines.Analyzers;

/// <summary>What the analyzers report. PIPE004, the version that is not pinned, is MSBuild's to see: buildTransitive/Pipelines.Core.targets.</summary>
internal static class Rules
{
    private const string Category = "Security";

    public static readonly DiagnosticDescriptor HardCodedSecret = new(
        "PIPE001",
        "A secret is written into the program",
        "{0} is written into the program: revoke it, keep the new one in a store, and write its reference: SecretReference.Parse(\"env://NAME\")",
        Category,
        DiagnosticSeverity.Error,
        isEnabledByDefault: true,
        "Whoever can read the repository, its history or the built program has the secret.",
        HelpLink("PIPE001"));

    public static readonly DiagnosticDescriptor RevealedSecret = new(
        "PIPE002",
        "A secret goes where others can read it",
        "{0} goes into {1}, where others can read it: give the secret to the one process that needs it by Command.WithEnvironment(name, secret) or Command.WithInput(secret)",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Logs are kept and copied, exceptions are logged, and the arguments of a process can be read by every process of the machine.",
        HelpLink("PIPE002"));

    public static readonly DiagnosticDescriptor SecretBuildArgument = new(
        "PIPE003",
        "A secret is a build argument",
        "The build argument {0} is a secret, and build arguments stay readable in the image: use a build secret, RUN --mount=type=secret,id={0} in the Dockerfile",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "Everybody who can pull the image reads its build arguments with 'docker history'.",
        HelpLink("PIPE003"));

    public static readonly DiagnosticDescriptor NamedSecret = new(
        "PIPE005",
        "A value that is called a secret is written into the program",
        "'{0}' gets its value from a literal: keep the value in a store and write its reference: SecretReference.Parse(\"env://{1}\")",
        Category,
        DiagnosticSeverity.Warning,
        isEnabledByDefault: true,
        "A name such as password, token or API key says that the value is secret. Whoever can read the repository has it.",
        HelpLink("PIPE005"));

    private static string HelpLink(string id) => $"https://github.com/example/pipelines/blob/v1.0.0/docs/analyzers/{id}.md";
}
