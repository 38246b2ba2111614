using System.ComponentModel;
using System.Diagnostics;
using Pipelines.Core.Model;

namespace Pipelines.Core.Tools;

/// <summary>The one place where processes start.</summary>
internal static class ProcessRunner
{
    /// <summary>Marks a process and all it starts, so that even children that lost their parent are found. No <c>PIPELINES_</c> name: those are settings.</summary>
    internal const string CookieVariable = "_PIPELINES_PROCESS";

    private const int MaxOutput = 10 * 1024 * 1024;
    private const int MaxErrorOutput = 1024 * 1024;

    /// <summary>How long to wait for the end of the output after the process itself has ended: a child may hold it open.</summary>
    private static readonly TimeSpan DrainTime = TimeSpan.FromSeconds(2);

    /// <summary>How often to wait that long where no child can be holding it open.</summary>
    private const int MaxDrainRounds = 30;

    public static Task<CommandResult> RunAsync(Command command, StageContext context, CancellationToken cancellationToken) =>
        RunAsync(command, context.Run.Directory, context.Log, context.Time, cancellationToken, context.ForceToken);

    public static async Task<CommandResult> RunAsync(
        Command command,
        string directory,
        StageLog? log,
        TimeProvider time,
        CancellationToken cancellationToken,
        CancellationToken forceToken = default)
    {
        cancellationToken.ThrowIfCancellationRequested();
        string workingDirectory = command.WorkingDirectory is null ? directory : Path.GetFullPath(command.WorkingDirectory, directory);
        if (!Directory.Exists(workingDirectory))
            throw new InvalidUsageException($"'{command}' cannot start: its folder does not exist.", $"  {workingDirectory}", "Create the folder, or correct the one given to Command.In(…).");

        log?.Info($"$ {command}");
        long started = time.GetTimestamp();
        string cookie = Guid.NewGuid().ToString("N");
        using Process process = Start(command, workingDirectory, cookie);

        var lastLines = new LastLines(20);
        var output = new OutputReader(process.StandardOutput, MaxOutput, command.EchoesOutput ? Echo : null);
        var errorOutput = new OutputReader(process.StandardError, MaxErrorOutput, Echo);
        using var abandon = new CancellationTokenSource();
        Task reading = Task.WhenAll(output.ReadAsync(abandon.Token), errorOutput.ReadAsync(abandon.Token));
        Task writing = WriteInputAsync(process.StandardInput, command.Input);

        bool timedOut = false;
        bool cancelled = false;
        using (CancellationTokenSource limit = new(command.Timeout ?? Timeout.InfiniteTimeSpan, time))
        using (var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token))
        {
            try
            {
                await process.WaitForExitAsync(end.Token).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                cancelled = cancellationToken.IsCancellationRequested;
                timedOut = !cancelled;
                await new ProcessTree(process, cookie).EndAsync(command.GracePeriod, time, forceToken).ConfigureAwait(false);
            }
        }

        bool drained = await FinishReadingAsync(reading, abandon, new ProcessTree(process, cookie)).ConfigureAwait(false);
        await writing.ConfigureAwait(false);
        if (!drained)
            log?.Warning($"'{command.Program}' has ended, but a process it started still holds its output open; what that one prints is lost.");

        cancellationToken.ThrowIfCancellationRequested();
        if (timedOut)
            throw new CommandFailedException(command, $"was ended after its time limit of {Durations.Text(command.Timeout!.Value)}", null, lastLines.Lines, "Give it more time with Command.WithTimeout(…), or look at its last lines for what it waits for.");
        var result = new CommandResult(process.ExitCode, output.Text, errorOutput.Text, time.GetElapsedTime(started)) { OutputTruncated = output.Truncated };
        if (command.AllowedExitCodes.Count > 0 && !command.AllowedExitCodes.Contains(process.ExitCode))
            throw new CommandFailedException(command, ExitCodes.Describe(process.ExitCode), process.ExitCode, lastLines.Lines);
        return result;

        void Echo(string line)
        {
            lastLines.Add(line);
            log?.Output(line);
        }
    }

    private static Process Start(Command command, string workingDirectory, string cookie)
    {
        var start = new ProcessStartInfo
        {
            WorkingDirectory = workingDirectory,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            StandardInputEncoding = TextEncoding.Utf8,
            StandardOutputEncoding = TextEncoding.Utf8,
            StandardErrorEncoding = TextEncoding.Utf8,
            UseShellExecute = false,
            CreateNoWindow = true,
        };
        foreach ((string name, object? value) in command.Environment)
        {
            if (value is null)
                start.Environment.Remove(name);
            else
                start.Environment[name] = value is Secret secret ? secret.Reveal() : (string)value;
        }

        start.Environment[CookieVariable] = cookie;
        start.FileName = ProgramPath.Find(command.Program, workingDirectory, start.Environment) ?? throw new ToolNotFoundException(command.Program, command.InstallHint);
        foreach (string argument in command.Arguments)
            start.ArgumentList.Add(argument);
        ProcessWatch.Tell(command, start);

        try
        {
#pragma warning disable RS0030 // the one place where processes start
            return Process.Start(start)!;
#pragma warning restore RS0030
        }
        catch (Win32Exception exception)
        {
            throw new CommandFailedException(command, $"could not be started: {exception.Message}", null, [], $"Check that '{start.FileName}' is a program for this machine and may be executed.");
        }
    }

    private static async Task WriteInputAsync(StreamWriter writer, object? input)
    {
        try
        {
            string? text = input is Secret secret ? secret.Reveal() : (string?)input;
            await using (writer.ConfigureAwait(false))
            {
                if (text is not null)
                    await writer.WriteAsync(text).ConfigureAwait(false);
            }
        }
        catch (IOException)
        {
            // The process ended, or closed its input, before it read everything: its exit code tells whether that was wrong.
        }
    }

    private static async Task<bool> FinishReadingAsync(Task reading, CancellationTokenSource abandon, ProcessTree tree)
    {
        for (int rounds = 1; ; rounds++)
        {
            try
            {
                // The system's clock: this waits for the pipe of a process that has really ended, not for anything a test could move.
                await reading.WaitAsync(DrainTime, TimeProvider.System, CancellationToken.None).ConfigureAwait(false);
                return true;
            }
            catch (TimeoutException) when (rounds < MaxDrainRounds && tree.IsGone)
            {
                // Nobody is left who could hold the pipe open: its end will come, this machine is only slow.
            }
            catch (TimeoutException)
            {
                await abandon.CancelAsync().ConfigureAwait(false);
                return false;
            }
        }
    }
}
