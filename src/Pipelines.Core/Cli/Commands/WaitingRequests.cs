using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Pipelines.Core.GitOps;
using Pipelines.Core.Stages.Approve;

namespace Pipelines.Core.Cli.Commands;

/// <summary>What waits for an approval.</summary>
internal static class WaitingRequests
{
    private const int LeastDigits = 7;

    /// <summary>Those that have not expired, the oldest first.</summary>
    public static async Task<IReadOnlyList<ApprovalRequest>> ReadAsync(RefDocuments documents, string app, TimeProvider time, CancellationToken cancellationToken)
    {
        DateTimeOffset now = time.GetUtcNow();
        IReadOnlyList<RefDocument> all = await documents.ListAsync(ApprovalRefs.AllWaiting(app), cancellationToken).ConfigureAwait(false);
        return
        [
            .. all.Select(document => (document.Name, Request: ApprovalRequest.TryRead(document.Text)))
                // A document that says other than its name would be shown as something it is not.
                .Where(one => one.Request is { } request && request.Expires > now && request.App == app && ApprovalRefs.Waiting(app, request.Environment, request.Run) == one.Name)
                .Select(one => one.Request!).OrderBy(request => request.Since),
        ];
    }

    /// <summary>The one that is meant.</summary>
    /// <exception cref="InvalidUsageException">None or several fit.</exception>
    public static ApprovalRequest Choose(IReadOnlyList<ApprovalRequest> waiting, string? environment, string? digest)
    {
        if (digest is not null && Digits(digest).Length < LeastDigits)
            throw new InvalidUsageException($"--digest: '{digest}' is too short to be sure which one is meant.", null, $"Give at least {LeastDigits} digits of it, or all.");
        ApprovalRequest[] fitting = [.. waiting.Where(request => (environment is null || request.Environment == environment) && (digest is null || Digits(request.Digest).StartsWith(Digits(digest), StringComparison.OrdinalIgnoreCase)))];
        return fitting.Length switch
        {
            1 => fitting[0],
            0 => throw new InvalidUsageException(
                waiting.Count == 0 ? "Nothing waits for an approval." : $"Nothing waits for an approval{(environment is null ? "" : $" for '{environment}'")}{(digest is null ? "" : $" with the digest {digest}")}.",
                waiting.Count == 0 ? null : Text(waiting),
                waiting.Count == 0 ? "An approval answers a run that waits: start one, or promote." : "Give --env and --digest of one that waits."),
            _ => throw new InvalidUsageException($"{fitting.Length} wait, and which one is meant is not clear.", Text(fitting), "Give --env and --digest of one of them."),
        };

        static string Digits(string text) => text.StartsWith("sha256:", StringComparison.OrdinalIgnoreCase) ? text[7..] : text;
    }

    public static string Text(IReadOnlyList<ApprovalRequest> waiting)
    {
        if (waiting.Count == 0)
            return "Nothing waits for an approval.";
        var text = new StringBuilder();
        foreach (ApprovalRequest request in waiting)
            text.Append(request.App).Append(" for '").Append(request.Environment).Append("', run ").Append(request.Run).Append(", until ").AppendLine(DocumentJson.Time(request.Expires)).AppendLine(request.Summary);
        return text.ToString().TrimEnd();
    }

    public static string Json(IReadOnlyList<ApprovalRequest> waiting)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }))
        {
            json.WriteStartArray();
            foreach (ApprovalRequest request in waiting)
                json.WriteRawValue(request.Write());
            json.WriteEndArray();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }
}
