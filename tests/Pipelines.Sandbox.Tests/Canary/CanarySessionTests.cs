using System.Net;
using System.Text;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.Sandbox.Canary;
using Pipelines.Testing;

namespace Pipelines.Sandbox.Tests.Canary;

/// <summary>A canary that never sings proves nothing: each way out is taken once, and found.</summary>
public sealed class CanarySessionTests : IDisposable
{
    private const string Value = "s3nt'inel \"<&>\\$+/=é-0123456789abcdef";

    private readonly TemporaryDirectory _folder = new();
    private readonly CanarySession _session = new();
    private readonly Secret _secret = Secret.Of(Value, "test");

    public CanarySessionTests() => _session.Watch("the token", _secret, "Slack");

    public void Dispose()
    {
        _session.Dispose();
        _folder.Dispose();
    }

    public static TheoryData<string, string> Forms => new()
    {
        { "as it is", Value },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes(Value)) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes("x" + Value + "y")) },
        { "base64", Convert.ToBase64String(Encoding.UTF8.GetBytes("xy" + Value + "yz")) },
        { "base64 of UTF-16", Convert.ToBase64String(Encoding.Unicode.GetBytes(Value)) },
        { "hex", Convert.ToHexString(Encoding.UTF8.GetBytes(Value)) },
        { "percent-encoded", Uri.EscapeDataString(Value) },
        { "form-encoded", WebUtility.UrlEncode(Value) },
        { "JSON", JsonSerializer.Serialize(Value) },
        { "HTML", WebUtility.HtmlEncode(Value) },
        { "shell-quoted", "'" + Value.Replace("'", "'\\''", StringComparison.Ordinal) + "'" },
        { "its end", "***" + Value[^20..] },
    };

    [Theory]
    [MemberData(nameof(Forms))]
    public void Leaks_AnyFormInTheOutput_IsFound(string form, string text) =>
        Assert.Contains(_session.Leaks($"before {text} after", []), leak => leak.Form == form && leak.Where == "the output");

    [Fact]
    public void Leaks_File_IsFoundByItsName()
    {
        string file = _folder.Write("events.jsonl", $"{{\"text\":\"{JsonEncodedText.Encode(Value)}\"}}");
        Assert.Contains(_session.Leaks("", [file]), leak => leak.Where == $"the file {file}" && leak.Secret == "the token");
    }

    [Fact]
    public async Task Leaks_ArgumentOfAProcess_IsFound()
    {
        var run = new RecordingContext(_folder.Path);
        await DummyTool.Command("arguments", Value).AllowAnyExitCode().RunAsync(run.Context);
        Assert.Contains(_session.Leaks("", []), leak => leak.Where.StartsWith("an argument of '", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Leaks_EnvironmentOfAProcess_IsFoundUnlessItWasGiven()
    {
        var run = new RecordingContext(_folder.Path);
        await DummyTool.Command("environment", "GIVEN").WithEnvironment("GIVEN", _secret).AllowAnyExitCode().Quiet().RunAsync(run.Context);
        Assert.DoesNotContain(_session.Leaks("", []), leak => leak.Where.Contains("GIVEN", StringComparison.Ordinal));
        await DummyTool.Command("environment", "SNEAKED").WithEnvironment("SNEAKED", "Bearer " + Value).AllowAnyExitCode().Quiet().RunAsync(run.Context);
        Assert.Contains(_session.Leaks("", []), leak => leak.Where.StartsWith("the variable SNEAKED of '", StringComparison.Ordinal));
    }

    [Fact]
    public void Leaks_RequestToAnotherServer_IsFound()
    {
        _session.OnRequest("Slack", $"POST /api\nAuthorization: Bearer {Value}");
        Assert.Empty(_session.Leaks("", []));
        _session.OnRequest("ArgoCd", $"GET /api?token={Uri.EscapeDataString(Value)}");
        SecretLeak leak = Assert.Single(_session.Leaks("", []));
        Assert.Equal(("the token", "a request to ArgoCd"), (leak.Secret, leak.Where));
    }

    [Fact]
    public void EnsureClean_Leak_NamesTheSecretAndThePlaceNeverTheValue()
    {
        IReadOnlyList<SecretLeak> leaks = _session.Leaks($"oh no: {Value}", []);
        var report = new CanaryReport { ExitCode = 0, Output = "", Secrets = [], Files = 0, Processes = 0, Requests = 0, Leaks = leaks };
        SecretLeakException error = Assert.Throws<SecretLeakException>(report.EnsureClean);
        Assert.Contains("the token (as it is) in the output", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("s3nt", error.Message, StringComparison.Ordinal);
    }
}
