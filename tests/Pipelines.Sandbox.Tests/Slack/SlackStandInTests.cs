using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Pipelines.Sandbox.Tests.Slack;

public class SlackStandInTests
{
    [Fact]
    public async Task PostThenUpdate_SameTimestamp_IsOneMessage()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        JsonElement posted = await CallAsync(fixture, "chat.postMessage", """{"channel":"#orders-team","text":"one","blocks":[{"type":"section","text":{"type":"mrkdwn","text":"one"}}]}""");
        JsonElement byName = await CallAsync(fixture, "chat.update", $$"""{"channel":"#orders-team","ts":"{{posted.GetProperty("ts")}}","text":"two"}""");
        JsonElement updated = await CallAsync(fixture, "chat.update", $$"""{"channel":"{{posted.GetProperty("channel")}}","ts":"{{posted.GetProperty("ts")}}","text":"two"}""");

        Assert.Equal("channel_not_found", byName.GetProperty("error").GetString()); // Slack wants the id here
        Assert.True(updated.GetProperty("ok").GetBoolean());
        SlackMessage message = Assert.Single(fixture.Sandbox.SlackMessages);
        Assert.Equal(("#orders-team", "two", 1), (message.Channel, message.Text, message.Updates));
        Assert.Equal(2, (await File.ReadAllLinesAsync(fixture.Sandbox.SlackJournal)).Length);
    }

    [Fact]
    public async Task Post_AsForm_IsTaken()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fixture.Sandbox.Slack, "chat.postMessage")) { Content = new FormUrlEncodedContent([new("channel", "#a"), new("text", "x & y")]) };
        Assert.True((await SendAsync(fixture, request)).GetProperty("ok").GetBoolean());
        Assert.Equal("x & y", Assert.Single(fixture.Sandbox.SlackMessages).Text);
    }

    [Theory]
    [InlineData("chat.postMessage", """{"channel":"#none","text":"x"}""", "channel_not_found")]
    [InlineData("chat.postMessage", """{"channel":"#orders-team"}""", "no_text")]
    [InlineData("chat.postMessage", """{"channel":"#orders-team","text":"x","blocks":[{}]}""", "invalid_blocks")]
    [InlineData("chat.update", """{"channel":"C1","ts":"1.1","text":"x"}""", "channel_not_found")]
    [InlineData("chat.nothing", """{"text":"x"}""", "unknown_method")]
    [InlineData("chat.postMessage", "nonsense", "invalid_json")]
    public async Task Call_Wrong_IsSlacksError(string method, string body, string error)
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(change: options => options with { SlackChannels = ["#orders-team"] });
        Assert.Equal(error, (await CallAsync(fixture, method, body)).GetProperty("error").GetString());
    }

    [Fact]
    public async Task Call_WithoutToken_IsRefused()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var http = new HttpClient();
        string answer = await (await http.PostAsync(new Uri(fixture.Sandbox.Slack, "chat.postMessage"), new StringContent("{}"))).Content.ReadAsStringAsync();
        Assert.Contains("not_authed", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Webhook_Message_IsOk()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync();
        using var http = new HttpClient();
        HttpResponseMessage answer = await http.PostAsync(fixture.Sandbox.SlackWebhook, new StringContent("""{"text":"done"}""", Encoding.UTF8, "application/json"));
        HttpResponseMessage wrong = await http.PostAsync(new Uri(fixture.Sandbox.SlackWebhook, "/services/T1/B1/x"), new StringContent("{}"));

        Assert.Equal("ok", await answer.Content.ReadAsStringAsync());
        Assert.Equal("done", Assert.Single(fixture.Sandbox.SlackMessages).Text);
        Assert.Equal(HttpStatusCode.NotFound, wrong.StatusCode);
    }

    [Fact]
    public async Task Call_FaultSlack_Is500()
    {
        await using SandboxFixture fixture = await SandboxFixture.StartAsync(SandboxFaults.Slack);
        using var http = new HttpClient();
        Assert.Equal(HttpStatusCode.InternalServerError, (await http.PostAsync(fixture.Sandbox.SlackWebhook, null)).StatusCode);
    }

    private static async Task<JsonElement> CallAsync(SandboxFixture fixture, string method, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(fixture.Sandbox.Slack, method)) { Content = new StringContent(body, Encoding.UTF8, "application/json") };
        return await SendAsync(fixture, request);
    }

    private static async Task<JsonElement> SendAsync(SandboxFixture fixture, HttpRequestMessage request)
    {
        using var http = new HttpClient();
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", fixture.Sandbox.SlackToken.Reveal());
        using JsonDocument document = JsonDocument.Parse(await (await http.SendAsync(request)).Content.ReadAsStringAsync());
        return document.RootElement.Clone();
    }
}
