using System.Text.Json;
using Pipelines.Core.Model;
using Pipelines.Core.Stages.Check.ZeroDowntime;
using Pipelines.Core.Tools.Kubectl;

namespace Pipelines.Core.Stages.Migrate;

/// <summary>A migration as a Kubernetes Job (https://kubernetes.io/docs/concepts/workloads/controllers/job/). Its fixed name is the lock between runs.</summary>
internal sealed class MigrationJob(MigrateDatabase stage, MigrationWork.Job job, PublishedImage image, StageContext context)
{
    private const int MaxUnreadable = 10;
    private static readonly TimeSpan s_call = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan s_poll = TimeSpan.FromSeconds(2);

    private readonly Kubectl _kubectl = new(context, stage.KubectlProgram, job.KubeContext);

    public async Task RunAsync(string what, CancellationToken cancellationToken)
    {
        (string manifest, string name, string[] scope) = await ReadAsync(cancellationToken).ConfigureAwait(false);
        await MakeRoomAsync(name, scope, cancellationToken).ConfigureAwait(false);
        CommandResult created = await _kubectl.TryAsync(s_call, ["create", "-f", "-", .. scope], cancellationToken, manifest).ConfigureAwait(false);
        if (!created.Succeeded)
            throw Failed($"{what} of '{stage.Database}' could not start: the Job {name} was not created.", created.ErrorOutput);
        context.Log.Info($"The Job {name} runs.");
        bool isOver = false;
        try
        {
            string? failure = await WaitAsync(name, scope, cancellationToken).ConfigureAwait(false);
            isOver = true;
            await ShowLogsAsync(name, scope, cancellationToken).ConfigureAwait(false);
            if (failure is not null)
                throw Failed($"{what} of '{stage.Database}' in {stage.Environment.Name} failed: {failure}.", $"the output of the Job {name} is in the log of this stage");
        }
        finally
        {
            if (!isOver)
                context.Log.Warning($"The Job {name} is stopped before its end.");
            await DeleteAsync(name, scope).ConfigureAwait(false);
        }
    }

    private async Task<(string Manifest, string Name, string[] Scope)> ReadAsync(CancellationToken cancellationToken)
    {
        string path = Path.GetFullPath(job.Manifest, context.Run.Directory);
        if (!File.Exists(path))
            throw new InvalidUsageException($"There is no Job manifest '{job.Manifest}'.", $"  {path}", "Name the file with the Job in MigrationWork.Job.");
        string text = (await File.ReadAllTextAsync(path, cancellationToken).ConfigureAwait(false))
            .Replace("{image}", image.Reference.WithoutTag().WithDigest(image.Digest).ToString(), StringComparison.Ordinal)
            .Replace("{tag}", image.Reference.Tag ?? "", StringComparison.Ordinal)
            .Replace("{app}", stage.Environment.App, StringComparison.Ordinal)
            .Replace("{environment}", stage.Environment.Name, StringComparison.Ordinal);
        ManifestDocument[] jobs = [.. ManifestReader.Read(job.Manifest, text).Where(document => document.Root.Exists)];
        if (jobs is not [{ Kind: "Job", Group: "batch" } only] || only.Root["metadata.name"].Text is not { Length: > 0 } name)
            throw new InvalidUsageException($"'{job.Manifest}' must hold one Job with a name.", $"  it holds {(jobs.Length == 0 ? "nothing" : string.Join(", ", jobs.Select(document => document.ToString())))}", "Write apiVersion: batch/v1, kind: Job and metadata.name; generateName won't do, since the name keeps two migrations apart.");
        return (text, name, only.Namespace is { } space ? ["--namespace", space] : []);
    }

    /// <summary>Clears away a Job of the same name that has ended; one that runs is somebody's migration.</summary>
    private async Task MakeRoomAsync(string name, string[] scope, CancellationToken cancellationToken)
    {
        CommandResult found = await _kubectl.TryAsync(s_call, ["get", "job", name, "--ignore-not-found", "-o", "json", .. scope], cancellationToken).ConfigureAwait(false);
        if (!found.Succeeded)
            throw Failed("The cluster could not be asked for the Job of the migration.", found.ErrorOutput);
        if (string.IsNullOrWhiteSpace(found.Output))
            return;
        if (!State(found.Output).IsOver)
            throw Failed($"Another migration of '{stage.Database}' is running: the Job {name} has not ended.", found.ErrorOutput, "Wait for its end, or, if nobody runs it any more, look at it and delete it: kubectl delete job " + name + ".");
        await DeleteAsync(name, scope).ConfigureAwait(false);
    }

    /// <returns>Why it failed; null where it succeeded.</returns>
    private async Task<string?> WaitAsync(string name, string[] scope, CancellationToken cancellationToken)
    {
        long started = context.Time.GetTimestamp();
        for (int unreadable = 0; ;)
        {
            CommandResult result = await _kubectl.TryAsync(s_call, ["get", "job", name, "-o", "json", .. scope], cancellationToken).ConfigureAwait(false);
            (bool isOver, string? failure) = result.Succeeded ? State(result.Output) : (false, null);
            if (isOver)
                return failure;
            unreadable = result.Succeeded ? 0 : unreadable + 1; // an API server that restarts is no failed migration
            if (unreadable > MaxUnreadable || result.ErrorOutput.Contains("NotFound", StringComparison.Ordinal))
                throw Failed($"The Job {name} of the migration was lost sight of.", result.ErrorOutput);
            if (context.Time.GetElapsedTime(started) >= stage.Timeout)
                return $"the Job {name} was not done after {Durations.Text(stage.Timeout)}";
            await Task.Delay(s_poll, context.Time, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task ShowLogsAsync(string name, string[] scope, CancellationToken cancellationToken)
    {
        CommandResult logs = await _kubectl.TryAsync(s_call, ["logs", "job/" + name, "--all-containers", "--tail=-1", .. scope], cancellationToken, quiet: false).ConfigureAwait(false);
        if (!logs.Succeeded)
            context.Log.Warning($"The logs of the Job {name} could not be had.");
    }

    /// <summary>Not ended by the stage's token: what is left behind would hold up the next run.</summary>
    private async Task DeleteAsync(string name, string[] scope)
    {
        CommandResult deleted = await _kubectl.TryAsync(s_call, ["delete", "job", name, "--ignore-not-found", "--wait=true", "--cascade=foreground", .. scope], CancellationToken.None).ConfigureAwait(false);
        if (!deleted.Succeeded)
            context.Log.Warning($"The Job {name} could not be deleted: {deleted.ErrorOutput.Trim()}");
    }

    private (bool IsOver, string? Failure) State(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            if (document.RootElement.TryGetProperty("status", out JsonElement status) && status.TryGetProperty("conditions", out JsonElement conditions))
            {
                foreach (JsonElement condition in conditions.EnumerateArray().Where(condition => condition.GetProperty("status").GetString() == "True"))
                {
                    switch (condition.GetProperty("type").GetString())
                    {
                        case "Complete":
                            return (true, null);
                        case "Failed":
                            return (true, $"{Word(condition, "reason") ?? "the Job failed"}{(Word(condition, "message") is { } message ? $": {message.TrimEnd('.')}" : "")}");
                    }
                }
            }

            return (false, null);
        }
        catch (Exception exception) when (exception is JsonException or KeyNotFoundException or InvalidOperationException)
        {
            throw Failed("kubectl answered with what is no Job.", exception.Message);
        }
    }

    private static string? Word(JsonElement condition, string name) => condition.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private MigrationFailedException Failed(string what, string evidence, string? advice = null) =>
        new(what, string.Join('\n', evidence.Trim().Split('\n').TakeLast(10).Select(line => "  " + line)), advice ?? MigrationRunner.Advice(stage));
}
