using System.Text;
using Pipelines.Core;
using Pipelines.Core.Cli;
using Pipelines.Core.Hosts;
using Pipelines.Sandbox.Canary;

namespace Pipelines.Sandbox;

/// <summary>Runs a pipeline in the sandbox and looks whether any of its secrets can be seen where it does not belong: in a file, in the output, in an argument or the environment of a process that was not given it,
/// in a request to a server that it is not for. In any encoding that programs print.</summary>
/// <remarks>A service's test calls it in one line: <c>(await SecretCanary.RunAsync(pipeline, checkout)).EnsureClean();</c>. The secrets are made up for each run. Command lines are sampled from <c>/proc</c> where there is one.</remarks>
public static class SecretCanary
{
    private static readonly TimeSpan s_sampleEvery = TimeSpan.FromMilliseconds(5);

    /// <summary>Runs a template's pipeline.</summary>
    /// <param name="template">Such as <c>new DeployPipeline(…)</c>.</param>
    /// <param name="checkout">The service's root: a git checkout.</param>
    /// <param name="args">More arguments of the command line, such as <c>--sandbox-fault smoke</c>: a run that fails must keep its secrets too.</param>
    /// <exception cref="ArgumentException">The arguments ask for a live run.</exception>
    public static async Task<CanaryReport> RunAsync(PipelineTemplate template, string checkout, params string[] args)
    {
        ArgumentNullException.ThrowIfNull(template);
        ArgumentNullException.ThrowIfNull(checkout);
        ArgumentNullException.ThrowIfNull(args);
        if (args.Contains("--live"))
            throw new ArgumentException("The canary runs in the sandbox only: a live run has real secrets and changes the world.", nameof(args));
        string directory = Path.GetFullPath(checkout);
        DateTime before = TimeProvider.System.GetUtcNow().UtcDateTime.AddSeconds(-1); // file systems keep coarse times
        using var session = new CanarySession();
        using var output = new StringWriter();
        using var end = new CancellationTokenSource();
        TextWriter writer = TextWriter.Synchronized(output);
#pragma warning disable CA2025 // awaited before the session ends, whatever the run does
        Task sampling = Task.Run(() => SampleAsync(session, end.Token), CancellationToken.None);
#pragma warning restore CA2025
        int exitCode;
        try
        {
            exitCode = await Application.RunAsync(template, ["--sandbox", .. args], new AppEnvironment
            {
                Output = writer,
                Error = writer,
                Variables = HostEnvironment.Process,
                CurrentDirectory = directory,
                BaseDirectory = directory,
            }).ConfigureAwait(false);
        }
        finally
        {
            await end.CancelAsync().ConfigureAwait(false);
            await sampling.ConfigureAwait(false);
        }

        string[] files = [.. Written(Path.Combine(directory, ".pipelines"), before)];
        return new CanaryReport
        {
            ExitCode = exitCode,
            Output = output.ToString(),
            Secrets = session.Names,
            Files = files.Length,
            Processes = session.Processes,
            Requests = session.Requests,
            Leaks = session.Leaks(output.ToString(), files),
        };
    }

    /// <summary>Runs a pipeline of the service's own. Each secret that it reads has a made-up value in the sandbox: in the stand-in of its store, or in place of a variable or a file.</summary>
    /// <param name="plan">The pipeline.</param>
    /// <param name="checkout">The service's root.</param>
    /// <param name="secrets">The references that its stages read, with the app and the environment filled in, such as <c>env://DATABASE_URL</c> and <c>aws-sm://prod/stripe#key</c>.</param>
    /// <param name="args">More arguments of the command line.</param>
    /// <exception cref="ArgumentException">The arguments ask for a live run.</exception>
    /// <exception cref="FormatException">One of them is no reference.</exception>
    public static Task<CanaryReport> RunAsync(PipelinePlan plan, string checkout, IReadOnlyList<string> secrets, params string[] args)
    {
        ArgumentNullException.ThrowIfNull(plan);
        ArgumentNullException.ThrowIfNull(secrets);
        return RunAsync(new CanaryTemplate(plan, [.. secrets.Select(SecretReference.Parse)]), checkout, args);
    }

    private static async Task SampleAsync(CanarySession session, CancellationToken cancellationToken)
    {
        if (!Directory.Exists("/proc/self"))
            return;
        using var timer = new PeriodicTimer(s_sampleEvery);
        try
        {
            do
                session.Sample();
            while (await timer.WaitForNextTickAsync(cancellationToken).ConfigureAwait(false));
        }
        catch (OperationCanceledException)
        {
            // The run has ended.
        }
    }

    private static IEnumerable<string> Written(string folder, DateTime since) =>
        Directory.Exists(folder) ? Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories).Where(file => File.GetLastWriteTimeUtc(file) >= since) : [];
}
