using System.Reflection;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Tools.Git;

namespace Pipelines.Core.Cli.Session;

/// <summary>Puts together what a run is started as.</summary>
internal static class RunIdentities
{
    public static RunIdentity Of(Invocation invocation, string run, PipelinePlan plan, EffectiveSettings settings, SourceRevision? source) => new()
    {
        Run = run,
        Pipeline = plan.Name,
        Library = Library,
        Script = Assembly.GetEntryAssembly()?.ManifestModule.ModuleVersionId.ToString("N") ?? "",
        Mode = invocation.Mode,
        Directory = invocation.Directory,
        Commit = source?.Commit ?? GitHead.Read(invocation.Directory),
        Tag = source?.Tag,
        Stages = RunIdentity.StagesOf(plan),
        Settings = [.. settings.Values.Where(value => Matters(value.Setting) && value.Setting != invocation.Template.Schema.Cancelling).Select(value => (value.Setting.Key, value.Text))],
        PullRequest = invocation.Host.PullRequest,
        Assignments = invocation.Request.Assignments,
        Selection = invocation.Request.Stages,
        From = invocation.Request.From,
    };

    private static string Library => typeof(RunIdentities).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>How long something may take, and where a secret is kept, changes nothing about what was done; both are what a person mends before going on. What becomes of a cancelled run is asked each time anew.</summary>
    private static bool Matters(Setting setting) => setting is not (Setting<TimeSpan> or Setting<SecretReference>);
}
