using Pipelines.Core.Cli.CommandLine;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Engine;
using Pipelines.Core.Hosts;
using Pipelines.Core.Model;
using Pipelines.Core.Reporting;
using Pipelines.Core.Secrets;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>run</c>: builds the plan, runs it, and leaves its reports.</summary>
internal static class RunCommand
{
    private const int LeastJobs = 4; // stages wait for processes and servers more than they compute

    /// <summary>How long observers may take to finish after the run: Slack's last update, mostly.</summary>
    private static readonly TimeSpan CompletionTime = TimeSpan.FromSeconds(20);

    public static async Task<int> RunAsync(Invocation invocation)
    {
        AppEnvironment environment = invocation.Environment;
        EffectiveSettings settings = Application.LoadSettings(invocation, check: true);
        using var folder = RunFolder.Create(invocation.Directory, environment.Time);
        using Interrupts? interrupts = environment.HandlesSignals ? new Interrupts(text => environment.Error.WriteLine(text)) : null;
        CancellationToken cancel = interrupts?.Cancel ?? CancellationToken.None;

        var warnings = new PendingWarnings();
        var masker = new SecretMasker(invocation.Template.Name);
        masker.NotMasked = (source, reason) => warnings.Add($"The value of {source} is not masked: {reason}.");
        masker.Announce = value => Announce(invocation, value);
        var sandboxSecrets = new Dictionary<string, string>(StringComparer.Ordinal);
        SecretResolver secrets = invocation.Mode == RunMode.Sandbox
            ? SecretStores.Sandbox(masker, sandboxSecrets, environment.Time)
            : SecretStores.Live(masker, environment.Variables.All, invocation.Directory, environment.Time);
        var context = new TemplateContext(invocation.Complete)
        {
            Settings = settings,
            Mode = invocation.Mode,
            Directory = invocation.Directory,
            WillRun = true,
            RunDirectory = folder.Path,
            SandboxFaults = invocation.Request.SandboxFaults,
            Secrets = secrets,
            SandboxSecrets = sandboxSecrets,
            Time = environment.Time,
            Warn = warnings.Add,
        };
        try
        {
            PipelinePlan plan = await invocation.Template.BuildAsync(context, cancel).ConfigureAwait(false);
            var durations = new StageDurations(invocation.Directory, plan);
            TimeSpan[]? expected = durations.Read();
            var tests = new TestTotals();
            IRunObserver[] watching = [.. RunObservers.For(invocation, folder.Path), tests];
            var setup = new RunSetup
            {
                Terminal = Terminal.Of(environment, watching),
                Tests = () => tests.Results,
                Run = Describe(invocation, folder, context.Source),
                Secrets = secrets,
                Masker = masker,
                Time = environment.Time,
                Observers = [.. watching, .. context.Observers],
                Jobs = invocation.Request.Jobs ?? Math.Max(LeastJobs, Environment.ProcessorCount),
                FailFast = invocation.Request.FailFast,
                Selection = Selected(plan, invocation.Request.Stages),
                ExpectedDurations = expected,
                Cancel = cancel,
                Force = interrupts?.Force ?? CancellationToken.None,
            };
            var hub = new EventHub(setup.Observers, masker, environment.Time);
            warnings.SendTo(hub);
            RunResult result = await PipelineRun.RunAsync(plan, setup, hub).ConfigureAwait(false);
            Remember(durations, expected, result, hub);
            await EndAsync(secrets, hub).ConfigureAwait(false);
            using var limit = new CancellationTokenSource(CompletionTime, environment.Time);
            await hub.CompleteAsync(limit.Token).ConfigureAwait(false);
            foreach (IDisposable observer in setup.Observers.OfType<IDisposable>())
                observer.Dispose();
            return result.ExitCode;
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
            return 130; // before the first stage: nothing was done
        }
        finally
        {
            await EndAsync(secrets, null).ConfigureAwait(false);
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

    private static RunInfo Describe(Invocation invocation, RunFolder folder, SourceRevision? source) => new()
    {
        Id = folder.Id,
        Pipeline = invocation.Template.Name,
        Mode = invocation.Mode,
        Directory = invocation.Directory,
        RunDirectory = folder.Path,
        Host = invocation.Host.Name,
        IsCi = invocation.Host.IsCi,
        BuildUrl = invocation.Host.BuildUrl,
        PullRequest = invocation.Host.PullRequest,
        Actor = invocation.Host.Actor,
        Source = source,
    };

    private static List<PlannedStage>? Selected(PipelinePlan plan, IReadOnlyList<string> names)
    {
        if (names.Count == 0)
            return null;
        var selected = new List<PlannedStage>();
        foreach (string name in names)
        {
            selected.Add(plan.Stages.FirstOrDefault(stage => stage.Name == name) ?? throw new InvalidUsageException(
                $"--stage: there is no stage '{name}'.{NearestName.Suggestion(name, plan.Stages.Select(stage => stage.Name))}",
                "  The stages are " + string.Join(", ", plan.Stages.Select(stage => $"'{stage.Name}'")) + ".",
                "See what each of them does: dotnet run --project build -- plan"));
        }

        return selected;
    }

    private static void Announce(Invocation invocation, string value)
    {
        if (invocation.Host.AddMask(value) is { } line)
            invocation.Environment.Output.WriteLine(line);
    }

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
