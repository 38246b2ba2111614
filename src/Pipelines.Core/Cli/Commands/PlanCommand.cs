using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Reporting;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>plan</c> and <c>graph</c>: the stages, printed or drawn. Nothing is started.</summary>
internal static class PlanCommand
{
    public static async Task<int> RunAsync(Invocation invocation)
    {
        PipelinePlan plan = await BuildAsync(invocation).ConfigureAwait(false);
        string text = invocation.Request.Json ? PlanPrinter.Json(plan) : PlanPrinter.Text(plan, ConsoleChoice.UsesColor(invocation.Environment.IsTerminal, invocation.Host, invocation.Environment.Variables));
        await invocation.Environment.Output.WriteLineAsync(text.TrimEnd()).ConfigureAwait(false);
        return 0;
    }

    public static async Task<int> DrawAsync(Invocation invocation)
    {
        PipelinePlan plan = await BuildAsync(invocation).ConfigureAwait(false);
        string text = invocation.Request.GraphFormat == GraphFormat.Dot ? PlanPrinter.Dot(plan) : PlanPrinter.Mermaid(plan);
        await invocation.Environment.Output.WriteLineAsync(text.TrimEnd()).ConfigureAwait(false);
        return 0;
    }

    private static Task<PipelinePlan> BuildAsync(Invocation invocation)
    {
        var context = new TemplateContext(invocation.Complete, invocation.Host)
        {
            Settings = Application.LoadSettings(invocation, check: false),
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            WillRun = false,
            RunDirectory = Path.Combine(invocation.Directory, ".pipelines", "runs", "plan"),
            SandboxFaults = invocation.Request.SandboxFaults,
            Secrets = SecretStores.Sandbox(invocation.Masker, new Dictionary<string, string>(), invocation.Environment.Time),
            Time = invocation.Environment.Time,
            Warn = text => invocation.Environment.Error.WriteLine("warning: " + text),
        };
        return invocation.Template.BuildAsync(context, CancellationToken.None);
    }
}
