using System.Text;
using System.Text.Json;

namespace Pipelines.Core.GitOps.Preview;

/// <summary>What a preview's file says of itself, in two lines of comment at its start: by them it is told from files that people made, and nothing of it needs the history.</summary>
/// <param name="App">The service.</param>
/// <param name="Number">The pull request.</param>
/// <param name="Since">When it was put up first.</param>
/// <param name="Updated">When it was changed last.</param>
/// <param name="By">Whose run did that.</param>
/// <param name="Run">The run.</param>
/// <param name="Commit">The commit of the service.</param>
internal sealed record PreviewNote(string App, int Number, DateTimeOffset Since, DateTimeOffset Updated, string By, string Run, string Commit)
{
    private const string Mark = "# pipelines-preview: ";

    /// <summary>Where it answers; null where nowhere from outside.</summary>
    public string? Url { get; init; }

    /// <summary>The file's first lines.</summary>
    public string Write() =>
        $"# The preview of pull request {Number} of {App}: written anew by every run of it, and removed when it closes.\n" + Mark + DocumentJson.Write(json =>
        {
            json.WriteNumber("version", 1);
            json.WriteString("app", App);
            json.WriteNumber("number", Number);
            json.WriteString("since", DocumentJson.Time(Since));
            json.WriteString("updated", DocumentJson.Time(Updated));
            json.WriteString("by", By);
            json.WriteString("run", Run);
            json.WriteString("commit", Commit);
            json.WriteString("url", Url);
        }) + "\n";

    /// <summary>The note and what comes after it; null where the file is not one that a run wrote.</summary>
    public static (PreviewNote Note, string Body)? Read(byte[] file)
    {
        string[] lines = Encoding.UTF8.GetString(file).Split('\n', 3);
        if (lines.Length < 3 || !lines[1].StartsWith(Mark, StringComparison.Ordinal))
            return null;
        PreviewNote? note = DocumentJson.TryRead(lines[1][Mark.Length..].TrimEnd('\r'), Read);
        return note is null ? null : (note, lines[2]);
    }

    private static PreviewNote Read(JsonElement json) =>
        new(json.Text("app"), json.GetProperty("number").GetInt32(), json.Time("since"), json.Time("updated"), json.Text("by"), json.Text("run"), json.Text("commit")) { Url = json.Find("url") };
}
