using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Pipelines.Core.GitOps;

namespace Pipelines.Core.Cli.Commands;

/// <summary><c>history</c>: what ran where, from when on, and who did it.</summary>
internal static class HistoryCommand
{
    private const int DefaultLimit = 10;

    public static async Task<int> RunAsync(Invocation invocation)
    {
        EnvironmentSession session = await EnvironmentSession.OpenAsync(invocation, needsServers: false).ConfigureAwait(false);
        await using ConfiguredAsyncDisposable end = session.ConfigureAwait(false);
        var histories = new List<(string Environment, IReadOnlyList<ManifestRecord> Records)>();
        foreach (DeploymentEnvironment environment in session.Environments)
        {
            using ManifestRepository repository = session.Open(environment);
            histories.Add((environment.Name, await repository.ReadHistoryAsync(invocation.Request.Limit ?? DefaultLimit, session.Cancel).ConfigureAwait(false)));
        }

        await invocation.Environment.Output.WriteLineAsync(invocation.Request.Json ? Json(histories) : Text(histories)).ConfigureAwait(false);
        return 0;
    }

    public static string Verb(ManifestRecord record) => record.Kind switch
    {
        ManifestRecordKind.Deployment => "deployed",
        ManifestRecordKind.Undo => "undone to",
        ManifestRecordKind.Rollback => "rolled back to",
        _ => "set by hand to",
    };

    public static void Write(Utf8JsonWriter json, ManifestRecord record)
    {
        json.WriteString("kind", record.Kind.ToString());
        json.WriteString("tag", record.Tag);
        json.WriteString("digest", record.Digest);
        json.WriteString("at", DocumentJson.Time(record.At));
        json.WriteString("by", record.By);
        json.WriteString("approvedBy", record.ApprovedBy);
        json.WriteString("sourceCommit", record.SourceCommit);
        json.WriteString("sourceBranch", record.SourceBranch);
        json.WriteString("run", record.RunId);
        json.WriteString("buildUrl", record.BuildUrl);
        json.WriteString("manifestCommit", record.Revision);
        json.WriteBoolean("irreversibleMigration", record.HasIrreversibleMigration);
    }

    private static string Text(List<(string Environment, IReadOnlyList<ManifestRecord> Records)> histories)
    {
        var text = new StringBuilder();
        foreach ((string environment, IReadOnlyList<ManifestRecord> records) in histories)
        {
            text.Append(environment).AppendLine(":");
            if (records.Count == 0)
                text.AppendLine("  nothing was deployed yet");
            int width = records.Select(record => Verb(record).Length).DefaultIfEmpty().Max();
            foreach (ManifestRecord record in records)
            {
                text.Append("  ").Append(DocumentJson.Time(record.At)).Append("  ").Append(Verb(record).PadRight(width)).Append(' ').Append(record.Tag ?? "no tag").Append("  by ").Append(record.By);
                if (record.ApprovedBy is not null)
                    text.Append(", approved by ").Append(record.ApprovedBy);
                if (record.HasIrreversibleMigration)
                    text.Append(", with an irreversible migration");
                text.Append("  (").Append(record.ShortRevision).Append(record.RunId is null ? "" : $", run {record.RunId}").AppendLine(")");
            }
        }

        return text.ToString().TrimEnd();
    }

    private static string Json(List<(string Environment, IReadOnlyList<ManifestRecord> Records)> histories) => CommandJson.Array(histories, (json, one) =>
    {
        json.WriteString("environment", one.Environment);
        json.WriteStartArray("history");
        foreach (ManifestRecord record in one.Records)
        {
            json.WriteStartObject();
            Write(json, record);
            json.WriteEndObject();
        }

        json.WriteEndArray();
    });
}
