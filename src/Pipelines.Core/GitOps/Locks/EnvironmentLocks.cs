namespace Pipelines.Core.GitOps.Locks;

/// <summary>Where the locks of an app's environments are: one ref for the holder, and one for each run that waits, named by its arrival.</summary>
internal static class EnvironmentLocks
{
    private const string Root = "refs/pipelines/locks";

    public static string Holder(string app, string environment) => $"{Prefix(app, environment)}/holder";

    /// <summary>Sorts by arrival, as far as the clocks of the machines agree.</summary>
    public static string Waiting(string app, string environment, DateTimeOffset arrived, string run) =>
        $"{Prefix(app, environment)}/waiting/{arrived.UtcDateTime:yyyyMMddHHmmssfff}-{RefDocuments.Segment(run)}";

    public static string Pattern(string app, string environment) => $"{Prefix(app, environment)}/*";

    public static bool IsWaiting(string name) => name.Contains("/waiting/", StringComparison.Ordinal);

    private static string Prefix(string app, string environment) => $"{Root}/{RefDocuments.Segment(app)}/{RefDocuments.Segment(environment)}";
}
