using Pipelines.Core.Tools;

namespace Pipelines.Core.Cli.Commands;

/// <summary>What every pipeline needs.</summary>
internal static class DoctorChecks
{
    public static IEnumerable<DoctorCheck> General(TemplateContext context) =>
    [
        Program("git", ["--version"], "apt-get install git, brew install git, or https://git-scm.com/downloads", context),
        new DoctorCheck("checkout", async cancellationToken =>
        {
            SourceRevision source = await context.DescribeSourceAsync(cancellationToken).ConfigureAwait(false);
            string text = $"{source.Branch ?? "detached HEAD"} at {source.ShortCommit}";
            if (source.IsClean)
                return new DoctorFinding(DoctorStatus.Ok, text);
            string changes = $"{text}, {source.UncommittedChanges.Count} uncommitted: {string.Join(", ", source.UncommittedChanges.Take(5))}";
            return context.Mode == RunMode.Live
                ? new DoctorFinding(DoctorStatus.Missing, changes, "A live run deploys commits only: commit or stash the changes.")
                : new DoctorFinding(DoctorStatus.Note, changes, "The sandbox deploys them under a tag of their own; a live run refuses them.");
        }),
        new DoctorCheck("run folder", async cancellationToken =>
        {
            string folder = Path.Combine(context.Directory, ".pipelines");
            string probe = Path.Combine(folder, ".probe");
            try
            {
                Directory.CreateDirectory(folder);
                await File.WriteAllTextAsync(probe, "", cancellationToken).ConfigureAwait(false);
                File.Delete(probe);
                return new DoctorFinding(DoctorStatus.Ok, folder);
            }
            catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
            {
                return new DoctorFinding(DoctorStatus.Missing, exception.Message, "Let this user write to the checkout, and free some space.");
            }
        }),
    ];

    /// <summary>Whether a program is there and runs; its first line says its version.</summary>
    public static DoctorCheck Program(string name, IReadOnlyList<string> arguments, string installHint, TemplateContext context) => new(name, async cancellationToken =>
    {
        CommandResult result = await ProcessRunner.RunAsync(new Command(name, arguments).WithInstallHint(installHint), context.Directory, null, context.Secrets, context.Time, cancellationToken).ConfigureAwait(false);
        return new DoctorFinding(DoctorStatus.Ok, result.Output.Split('\n')[0].Trim());
    });
}
