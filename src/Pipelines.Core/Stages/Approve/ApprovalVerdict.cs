using Pipelines.Core.GitOps;

namespace Pipelines.Core.Stages.Approve;

/// <summary>What a person says to a request: the document that is signed.</summary>
/// <param name="App">The service.</param>
/// <param name="Environment">Where to.</param>
/// <param name="Digest">What.</param>
/// <param name="Run">The run that waits.</param>
/// <param name="Nonce">The request's.</param>
/// <param name="Approved">Yes or no.</param>
/// <param name="By">Who: a principal of the allowed-signers file.</param>
/// <param name="Reason">Why.</param>
/// <param name="At">When, by the signer's clock.</param>
/// <param name="Expires">Until when it is good.</param>
internal sealed record ApprovalVerdict(string App, string Environment, string Digest, string Run, string Nonce, bool Approved, string By, string? Reason, DateTimeOffset At, DateTimeOffset Expires)
{
    /// <summary>The namespace of the signatures.</summary>
    public const string Purpose = "pipelines-approval";

    /// <summary>The text that is signed.</summary>
    public string Write() => DocumentJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("app", App);
        json.WriteString("environment", Environment);
        json.WriteString("digest", Digest);
        json.WriteString("run", Run);
        json.WriteString("nonce", Nonce);
        json.WriteString("verdict", Approved ? "approve" : "refuse");
        json.WriteString("by", By);
        json.WriteString("reason", Reason);
        json.WriteString("at", DocumentJson.Time(At));
        json.WriteString("expires", DocumentJson.Time(Expires));
    });

    /// <summary>The signed text and its signature in one document. The text is kept as it was signed, byte for byte.</summary>
    public static string Envelope(string text, string signature) => DocumentJson.Write(json =>
    {
        json.WriteNumber("version", 1);
        json.WriteString("document", text);
        json.WriteString("signature", signature);
    });

    /// <summary>Takes an envelope apart; null where it is none.</summary>
    public static (string Text, string Signature, ApprovalVerdict Verdict)? TryOpen(string envelope)
    {
        (string Text, string Signature)[]? opened = DocumentJson.TryRead<(string, string)[]>(envelope, json => [(json.Text("document"), json.Text("signature"))]);
        return opened is [var one] && TryRead(one.Text) is { } verdict ? (one.Text, one.Signature, verdict) : null;
    }

    private static ApprovalVerdict? TryRead(string text) => DocumentJson.TryRead(text, json => new ApprovalVerdict(
        json.Text("app"), json.Text("environment"), json.Text("digest"), json.Text("run"), json.Text("nonce"),
        json.Text("verdict") switch { "approve" => true, "refuse" => false, _ => throw new FormatException("verdict") },
        json.Text("by"), json.Find("reason"), json.Time("at"), json.Time("expires")));
}
