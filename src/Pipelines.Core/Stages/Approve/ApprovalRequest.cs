using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Approve;

/// <summary>What waits for an approval, as it is published in the manifest repository.</summary>
/// <param name="App">The service.</param>
/// <param name="Environment">Where to.</param>
/// <param name="Digest">What.</param>
/// <param name="Run">The run that waits.</param>
/// <param name="Nonce">What a verdict must repeat: it makes each verdict one for this request alone.</param>
/// <param name="Since">Since when.</param>
/// <param name="Expires">Until when.</param>
internal sealed record ApprovalRequest(string App, string Environment, string Digest, string Run, string Nonce, DateTimeOffset Since, DateTimeOffset Expires)
{
    public required string Tag { get; init; }

    public required string Commit { get; init; }

    public string? Branch { get; init; }

    public string? StartedBy { get; init; }

    public string? Build { get; init; }

    /// <summary>What a person is shown, line by line.</summary>
    public required string Summary { get; init; }

    public string Write() => DocumentJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("app", App);
        json.WriteString("environment", Environment);
        json.WriteString("digest", Digest);
        json.WriteString("tag", Tag);
        json.WriteString("commit", Commit);
        json.WriteString("branch", Branch);
        json.WriteString("run", Run);
        json.WriteString("nonce", Nonce);
        json.WriteString("since", DocumentJson.Time(Since));
        json.WriteString("expires", DocumentJson.Time(Expires));
        json.WriteString("startedBy", StartedBy);
        json.WriteString("build", Build);
        json.WriteString("summary", Summary);
    });

    /// <summary>Reads a request; null where it is none.</summary>
    public static ApprovalRequest? TryRead(string text) => DocumentJson.TryRead(text, json =>
        new ApprovalRequest(json.Text("app"), json.Text("environment"), json.Text("digest"), json.Text("run"), json.Text("nonce"), json.Time("since"), json.Time("expires"))
        {
            Tag = json.Text("tag"),
            Commit = json.Text("commit"),
            Branch = json.Find("branch"),
            StartedBy = json.Find("startedBy"),
            Build = json.Find("build"),
            Summary = json.Text("summary"),
        });
}
