using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Engine;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.GitOps.Locks;
using Pipelines.Core.Hosts;
using Pipelines.Core.Model;
using Pipelines.Core.Reporting;
using Pipelines.Core.Secrets;
using Pipelines.Core.Tools;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>run</c>: builds the plan, runs it, and leaves its reports.</summary>
internal static class RunCommand
{
    private const int LeastJobs = 4; // stages wait for processes and servers more than they compute

    /// <summary>How long observers may take to finish after the run: Slack's last update, mostly.</summary>
    private static readonly TimeSpan CompletionTime = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(Invocation invocation)
    {
        if (invocation.Request is { From: not null, Stages.Count: > 0 })
            throw new InvalidUsageException("--from does not go with --stage.", null, "Give one of them: --from runs a stage and all after it, --stage a stage and all that it needs.");
        EffectiveSettings settings = Application.LoadSettings(invocation, check: true);
        using var folder = RunFolder.Create(invocation.Directory, invocation.Environment.Time);
        return await RunAsync(invocation, settings, folder, null).ConfigureAwait(false);
    }

    /// <summary>Goes on with a run.</summary>
    /// <param name="invocation">What was asked for, with the run's own settings.</param>
    /// <param name="folder">The run's folder.</param>
    /// <param name="history">What the run did so far.</param>
    public static Task<int> RunAsync(Invocation invocation, RunFolder folder, RunHistory history) =>
        RunAsync(invocation, Application.LoadSettings(invocation, check: true), folder, history);

    private static async Task<int> RunAsync(Invocation invocation, EffectiveSettings settings, RunFolder folder, RunHistory? history)
    {
        AppEnvironment environment = invocation.Environment;
        (bool leaves, string source) = OnCancel(invocation, settings);
        using Interrupts? interrupts = environment.HandlesSignals ? new Interrupts(
            text => environment.Error.WriteLine(text),
            $"asking the running stages to end; {(leaves ? "what was deployed is left as it is" : "what was deployed and not proven is undone")}") : null;
        CancellationToken cancel = interrupts?.Cancel ?? CancellationToken.None;

        var warnings = new PendingWarnings();
        SecretMasker masker = invocation.Masker;
        masker.NotMasked = (source, reason) => warnings.Add($"The value of {source} is not masked: {reason}.");
        var sandboxSecrets = new Dictionary<string, string>(StringComparer.Ordinal);
        var sandboxVariables = new Dictionary<string, string>(StringComparer.Ordinal);
        SecretResolver secrets = invocation.Mode == RunMode.Sandbox
            ? SecretStores.Sandbox(masker, sandboxSecrets, environment.Time, sandboxVariables, warnings.Add)
            : SecretStores.Live(masker, environment.Variables.All, invocation.Directory, environment.Time, warnings.Add);
        foreach (SettingValue value in settings.Values)
            if (value is { Setting: Setting<SecretReference> setting, Text: { } text })
                secrets.Know(setting.Parse(text));
        var removingFiles = Task.Run(() => PrivateFolder.RemoveLeftovers(), CancellationToken.None); // beside the run: a temporary folder may be large
        var context = new TemplateContext(invocation.Complete, invocation.Host)
        {
            Settings = settings,
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            WillRun = true,
            IsResumed = history is not null,
            RunDirectory = folder.Path,
            SandboxFaults = invocation.Request.SandboxFaults,
            Secrets = secrets,
            SandboxSecrets = sandboxSecrets,
            SandboxVariables = sandboxVariables,
            Time = environment.Time,
            Warn = warnings.Add,
        };
        try
        {
            PipelinePlan plan = await invocation.Template.BuildAsync(context, cancel).ConfigureAwait(false);
            List<PlannedStage>? selection = Selected(plan, invocation.Request);
            RunIdentity identity = RunIdentities.Of(invocation, folder.Id, plan, settings, context.Source);
            Resumption? resumption = history is not null ? ResumptionChoice.Continue(history, plan, identity, selection, warnings.Add) : ResumptionChoice.Reuse(invocation, plan, identity, selection, warnings.Add);
            string path = Path.Combine(folder.Path, RunJournal.FileName);
            using RunJournal journal = history is not null
                ? RunJournal.Continue(path, history, resumption!.Again, masker, environment.Time, environment.JournalWatch)
                : RunJournal.Create(path, identity with { Reuses = resumption?.Run }, masker, environment.Time, environment.JournalWatch);
            journal.Warn = warnings.Add;
            if (resumption is not null)
                await environment.Error.WriteLineAsync(ResumptionChoice.Describe(resumption, history)).ConfigureAwait(false);
            var durations = new StageDurations(invocation.Directory, plan);
            TimeSpan[]? expected = durations.Read();
            var tests = new TestTotals();
            IRunObserver[] watching = [.. RunObservers.For(invocation, folder.Path), tests];
            var setup = new RunSetup
            {
                Terminal = Terminal.Of(environment, masker, watching),
                Tests = () => tests.Results,
                Run = Describe(invocation, folder, context.Source, history),
                Secrets = secrets,
                Masker = masker,
                Time = environment.Time,
                Observers = [.. watching, .. context.Observers],
                Jobs = invocation.Request.Jobs ?? Math.Max(LeastJobs, Environment.ProcessorCount),
                FailFast = invocation.Request.FailFast,
                Selection = selection,
                Journal = journal,
                Resumption = resumption,
                LeavesOnCancel = leaves,
                ExpectedDurations = expected,
                Cancel = cancel,
                Force = interrupts?.Force ?? CancellationToken.None,
            };
            var hub = new EventHub(setup.Observers, masker, environment.Time);
            warnings.SendTo(hub);
            Task leftovers = RevokeLeasesAsync(invocation, masker, hub, cancel); // looks for them now, before a stage makes new ones
            RunResult result = await PipelineRun.RunAsync(plan, setup, hub).ConfigureAwait(false);
            await EnvironmentLease.EndAsync(folder.Id).ConfigureAwait(false); // --stage may have left out what gives a lock back
            Remember(durations, expected, result, hub);
            await leftovers.ConfigureAwait(false);
            await EndAsync(secrets, hub).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(CompletionTime, environment.Time);
            await hub.CompleteAsync(limit.Token).ConfigureAwait(false);
            foreach (IDisposable observer in setup.Observers.OfType<IDisposable>())
                observer.Dispose();
            journal.RunEnded(result); // after the reports: until then a run that goes on writes them again
            if (result.Status == RunStatus.Cancelled)
                await environment.Error.WriteLineAsync(ResumptionChoice.AfterCancel(result, folder.Id, leaves ? source : null)).ConfigureAwait(false);
            return result.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 130; // before the first stage: nothing was done
        }
        finally
        {
            await EndAsync(secrets, null).ConfigureAwait(false);
            await removingFiles.ConfigureAwait(false);
            for (int index = context.Owned.Count - 1; index >= 0; index--)
                await context.Owned[index].DisposeAsync().ConfigureAwait(false);
        }
    }

    /// <summary>Gives back what the stores hold for the run. That it fails changes nothing about what the run did, so it is a warning.</summary>
    private static async Task EndAsync(SecretResolver secrets, EventHub? hub)
    {
        try
        {
            await secrets.DisposeAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is PipelineException or AggregateException)
        {
            hub?.Warn(exception.Message);
        }
    }

    /// <summary>Revokes what dead runs of this checkout left at Vault. Nothing of it is loaded where there is nothing.</summary>
    private static Task RevokeLeasesAsync(Invocation invocation, SecretMasker masker, EventHub hub, CancellationToken cancel) =>
        invocation.Mode == RunMode.Live && Directory.Exists(LeftLeases.FolderOf(invocation.Directory)) ? LeftLeases.RevokeAsync(invocation, masker, hub, cancel) : Task.CompletedTask;

    private static RunInfo Describe(Invocation invocation, RunFolder folder, SourceRevision? source, RunHistory? history) => new()
    {
        Id = folder.Id,
        StartedAt = history?.StartedAt ?? invocation.Environment.Time.GetUtcNow(),
        Pipeline = invocation.Template.Name,
        Mode = invocation.Mode,
        Directory = invocation.Directory,
        RunDirectory = folder.Path,
        Host = invocation.Host.Name,
        IsCi = invocation.Host.IsCi,
        BuildUrl = invocation.Host.BuildUrl,
        PullRequest = invocation.Host.PullRequest,
        Actor = invocation.Host.Actor,
        AllowsOlder = invocation.Request.AllowOlder,
        Source = source,
    };

    /// <summary>Whether a run that is cancelled leaves what it deployed, and who says so.</summary>
    private static (bool Leaves, string Source) OnCancel(Invocation invocation, EffectiveSettings settings)
    {
        if (invocation.Request.OnCancel is { } asked)
            return (asked == CancelChoice.Leave, "--on-cancel leave");
        return (invocation.Template.Schema.Cancelling is { } setting && settings.Get(setting) == "leave", "the setting run.on-cancel is leave");
    }

    private static List<PlannedStage>? Selected(PipelinePlan plan, CliRequest request)
    {
        if (request.From is { } from)
            return ResumptionChoice.Downstream(plan, Stage(plan, "--from", from));
        return request.Stages.Count == 0 ? null : [.. request.Stages.Select(name => Stage(plan, "--stage", name))];
    }

    private static PlannedStage Stage(PipelinePlan plan, string option, string name) =>
        plan.Stages.FirstOrDefault(stage => stage.Name == name) ?? throw new InvalidUsageException(
            $"{option}: there is no stage '{name}'.{NearestName.Suggestion(name, plan.Stages.Select(stage => stage.Name))}",
            "  The stages are " + string.Join(", ", plan.Stages.Select(stage => $"'{stage.Name}'")) + ".",
            "See what each of them does: dotnet run --project build -- plan");

    private static void Remember(StageDurations durations, TimeSpan[]? expected, RunResult result, EventHub hub)
    {
        try
        {
            durations.Write(expected, result);
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            hub.Warn($"The durations of the stages could not be kept for the next run: {exception.Message}");
        }
    }
}
