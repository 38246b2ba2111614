using System.Globalization;
using System.Text;
using Pipelines.Core.Clients.CodeHosts;
using Pipelines.Core.GitOps;
using Pipelines.Core.GitOps.Preview;

namespace Pipelines.Core.Cli.Commands;

/// <summary>A preview as <c>preview list</c> shows it.</summary>
/// <param name="Preview">The preview.</param>
/// <param name="Status">How its pull request stands; null where that is not known.</param>
/// <param name="Leftover">Why it is left over; null where it is not.</param>
internal sealed record PreviewListing(PreviewState Preview, PullRequestStatus? Status, string? Leftover)
{
    private string State => Status?.ToString().ToLowerInvariant() ?? "not known";

    public static string Text(IReadOnlyList<PreviewListing> previews, Previews all)
    {
        if (previews.Count == 0)
            return $"{all.App} has no previews.";
        var text = new StringBuilder();
        foreach (PreviewListing one in previews)
        {
            PreviewNote note = one.Preview.Note;
            text.Append(CultureInfo.InvariantCulture, $"{one.Preview.Number}: ").AppendLine(one.Preview.Tag ?? "no tag");
            text.Append("  since    ").Append(DocumentJson.Time(note.Since)).Append(", changed ").Append(DocumentJson.Time(note.Updated)).Append(" by ").Append(note.By).Append(", run ").AppendLine(note.Run);
            if (note.Url is not null)
                text.Append("  address  ").AppendLine(note.Url);
            text.Append("  request  ").AppendLine(one.State);
            if (one.Leftover is not null)
                text.Append("  left over: ").Append(one.Leftover).AppendLine("; preview clean removes it");
        }

        return text.Append(CultureInfo.InvariantCulture, $"{previews.Count} of at most {all.Limit}").ToString();
    }

    public static string Json(IReadOnlyList<PreviewListing> previews) => CommandJson.Array(previews, (json, one) =>
    {
        PreviewNote note = one.Preview.Note;
        json.WriteNumber("number", one.Preview.Number);
        json.WriteString("environment", PreviewPlace.Prefix + one.Preview.Number.ToString(CultureInfo.InvariantCulture));
        json.WriteString("tag", one.Preview.Tag);
        json.WriteString("commit", note.Commit);
        json.WriteString("since", DocumentJson.Time(note.Since));
        json.WriteString("updated", DocumentJson.Time(note.Updated));
        json.WriteString("by", note.By);
        json.WriteString("run", note.Run);
        json.WriteString("url", note.Url);
        json.WriteString("file", one.Preview.File);
        json.WriteString("pullRequest", one.Status?.ToString().ToLowerInvariant());
        json.WriteString("leftover", one.Leftover);
    });
}
