using System.Globalization;
using System.Text;
using Pipelines.Core.Cli.Session;
using Pipelines.Core.Engine.Journal;
using Pipelines.Core.Model;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>runs</c>: the runs of this checkout, the newest first, and how each ended.</summary>
internal static class RunsCommand
{
    public static int Run(Invocation invocation)
    {
        var text = new StringBuilder();
        var json = new JsonText(text);
        if (invocation.Request.Json)
        {
            json.WriteStartObject();
            json.WriteStartArray("runs");
        }

        foreach (string id in KeptRuns.Ids(invocation.Directory))
        {
            if (KeptRuns.Find(invocation.Directory, id) is not { } history)
                continue;
            if (invocation.Request.Json)
                Write(json, history);
            else
                text.Append(CultureInfo.InvariantCulture, $"{id}  {Ended(history),-11}  {Words(history.Identity)}\n");
        }

        if (invocation.Request.Json)
        {
            json.WriteEndArray();
            json.WriteEndObject();
        }
        else if (text.Length == 0)
        {
            text.Append("No run of this checkout has a journal.");
        }

        invocation.Environment.Output.WriteLine(text.ToString().TrimEnd());
        return 0;
    }

    private static void Write(JsonText json, RunHistory history)
    {
        json.WriteStartObject();
        json.WriteString("id", history.Identity.Run);
        json.WriteString("startedAt", history.StartedAt);
        json.WriteString("ended", Ended(history));
        json.WriteString("pipeline", history.Identity.Pipeline);
        json.WriteString("mode", history.Identity.Mode.ToString().ToLowerInvariant());
        json.WriteString("commit", history.Identity.Commit);
        json.WriteString("tag", history.Identity.Tag);
        json.WriteEndObject();
    }

    private static string Words(RunIdentity run) => $"{run.Mode.ToString().ToLowerInvariant(),-7}  {run.Tag ?? run.Commit ?? ""}".TrimEnd();

    private static string Ended(RunHistory history) => history.Status?.ToString().ToLowerInvariant() ?? "unfinished";
}
