using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Promote;

/// <summary>What an environment has proven, the newest first: <c>refs/pipelines/proven/APP/ENVIRONMENT</c>.</summary>
internal static class ProofRecords
{
    private const int Kept = 20;

    public static string Ref(DeploymentEnvironment environment) => $"refs/pipelines/proven/{RefDocuments.Segment(environment.App)}/{RefDocuments.Segment(environment.Name)}";

    public static async Task<IReadOnlyList<ProofRecord>> ReadAsync(RefDocuments documents, DeploymentEnvironment environment, CancellationToken cancellationToken) =>
        Read(await documents.FindAsync(Ref(environment), cancellationToken).ConfigureAwait(false), environment);

    /// <summary>Puts a record in front. Others may do the same at the same time.</summary>
    public static async Task AddAsync(RefDocuments documents, DeploymentEnvironment environment, ProofRecord record, CancellationToken cancellationToken)
    {
        for (int attempt = 1; ; attempt++)
        {
            RefDocument? before = await documents.FindAsync(Ref(environment), cancellationToken).ConfigureAwait(false);
            IEnumerable<ProofRecord> records = Read(before, environment).Where(one => one.Digest != record.Digest || one.Revision != record.Revision).Prepend(record).Take(Kept);
            string text = DocumentJson.Write(json =>
            {
                json.WriteNumber("version", 1);
                json.WriteString("app", environment.App);
                json.WriteString("environment", environment.Name);
                json.WriteStartArray("proofs");
                foreach (ProofRecord one in records)
                    one.Write(json);
                json.WriteEndArray();
            });
            if (await documents.WriteAsync(Ref(environment), text, before, $"{environment.App} {record.Tag} proved itself in {environment.Name}", cancellationToken).ConfigureAwait(false) is not null)
                return;
            if (attempt >= environment.Manifest.PushAttempts)
                throw new GitException(GitFailure.Rejected, $"Others keep changing {Ref(environment)} in {documents.Repository}.", null, "Run again later.");
        }
    }

    private static IReadOnlyList<ProofRecord> Read(RefDocument? document, DeploymentEnvironment environment) => document is null
        ? []
        : DocumentJson.TryRead<IReadOnlyList<ProofRecord>>(document.Text, json =>
            json.Text("app") == environment.App && json.Text("environment") == environment.Name
                ? [.. json.GetProperty("proofs").EnumerateArray().Select(ProofRecord.Read)]
                : throw new FormatException("another app or environment"))
            ?? throw new GitException(GitFailure.Other, $"{document.Name} holds no proofs that this version can read.", null, "A newer version of this library wrote it, or somebody did by hand. Use that version, or delete the ref and prove the image again.");
}
