using System.Text;
using Pipelines.Core.Clients.Prometheus;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Clients.Prometheus;

public class PrometheusClientTests
{
    private const string One = """{"status":"success","data":{"resultType":"vector","result":[{"metric":{"__name__":"up","job":"api","instance":"a:1"},"value":[1435781451.781,"0.25"]}]}}""";

    [Fact]
    public async Task QueryAsync_Vector_GivesLabelsAndValue()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, One));
        PrometheusAnswer answer = await Client(server).QueryAsync("up{job=\"api\"} > 0", default);

        PrometheusSeries series = Assert.Single(answer.Series);
        Assert.Equal("up{job=\"api\", instance=\"a:1\"}", series.Labels);
        Assert.Equal([0.25], series.Values);
        ScriptedServer.Request request = Assert.Single(server.Requests);
        Assert.Equal("GET", request.Method);
        Assert.Equal("/api/v1/query?query=up%7Bjob%3D%22api%22%7D%20%3E%200&timeout=30", request.Path);
        Assert.Null(request["Authorization"]);
    }

    [Fact]
    public async Task QueryRangeAsync_Matrix_GivesEveryValueOfTheTime()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, """{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"NaN"],[3,"2e3"]]}]}}"""));
        DateTimeOffset end = DateTimeOffset.FromUnixTimeMilliseconds(1_700_000_000_500);
        PrometheusAnswer answer = await Client(server).QueryRangeAsync("q", end - TimeSpan.FromMinutes(1), end, TimeSpan.FromSeconds(0.5), default);

        Assert.Equal([1, double.NaN, 2000], Assert.Single(answer.Series).Values);
        Assert.Equal("/api/v1/query_range?query=q&start=1699999940.5&end=1700000000.5&step=0.5&timeout=30", Assert.Single(server.Requests).Path);
    }

    [Fact]
    public async Task QueryAsync_PathBeforeTheApi_IsKept()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, One));
        await new PrometheusClient(new PrometheusTarget { Server = new Uri(server.Address, "/tenant/prometheus/") }, null, TimeProvider.System).QueryAsync("up", default);
        Assert.StartsWith("/tenant/prometheus/api/v1/query?", Assert.Single(server.Requests).Path, StringComparison.Ordinal);
    }

    [Fact]
    public async Task QueryAsync_LongQuery_GoesInTheBody()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, One));
        string query = string.Join(" + ", Enumerable.Repeat("sum(a&b)", 300));
        await Client(server).QueryAsync(query, default);

        ScriptedServer.Request request = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/api/v1/query"), (request.Method, request.Path));
        Assert.Equal("application/x-www-form-urlencoded; charset=us-ascii", request["Content-Type"]);
        Assert.Equal($"query={Uri.EscapeDataString(query)}&timeout=30", Encoding.UTF8.GetString(request.Body));
    }

    [Fact]
    public async Task QueryAsync_Token_IsABearerToken()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, One));
        await new PrometheusClient(Target(server) with { Token = SecretReference.Parse("env://T") }, Secret.Of("t0ken", "env://T"), TimeProvider.System).QueryAsync("up", default);
        Assert.Equal("Bearer t0ken", Assert.Single(server.Requests)["Authorization"]);
    }

    [Fact]
    public async Task QueryAsync_UserAndPassword_AreBasicAuthentication()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, One));
        await new PrometheusClient(Target(server) with { User = "me", Password = SecretReference.Parse("env://P") }, Secret.Of("pässword", "env://P"), TimeProvider.System).QueryAsync("up", default);
        Assert.Equal("Basic " + Convert.ToBase64String("me:pässword"u8), Assert.Single(server.Requests)["Authorization"]);
    }

    [Fact]
    public async Task QueryAsync_WarningsAndInfos_AreNotes()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, """{"status":"success","data":{"resultType":"scalar","result":[1,"+Inf"]},"warnings":["partial response"],"infos":["metric might not be a counter"]}"""));
        PrometheusAnswer answer = await Client(server).QueryAsync("q", default);
        Assert.Equal(["partial response", "metric might not be a counter"], answer.Notes);
        Assert.Equal([double.PositiveInfinity], Assert.Single(answer.Series).Values);
    }

    [Fact]
    public async Task QueryAsync_Text_IsNoSeries()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, """{"status":"success","data":{"resultType":"string","result":[1,"hello"]}}"""));
        PrometheusAnswer answer = await Client(server).QueryAsync("\"hello\"", default);
        Assert.Empty(answer.Series);
        Assert.Equal("hello", answer.Text);
    }

    [Fact]
    public async Task QueryAsync_NativeHistogram_HasNoValue()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"histogram":[1,{"count":"1","sum":"2","buckets":[]}]}]}}"""));
        Assert.Empty(Assert.Single((await Client(server).QueryAsync("q", default)).Series).Values);
    }

    [Theory]
    [InlineData(400, """{"status":"error","errorType":"bad_data","error":"1:4: parse error: unexpected end of input"}""", PrometheusFailure.BadQuery, "1:4: parse error: unexpected end of input\n  query: sum(")]
    [InlineData(422, """{"status":"error","errorType":"execution","error":"many-to-many matching not allowed"}""", PrometheusFailure.Execution, "many-to-many matching not allowed")]
    [InlineData(503, """{"status":"error","errorType":"timeout","error":"query timed out in expression evaluation"}""", PrometheusFailure.Unreachable, "HTTP 503 Service Unavailable: timeout: query timed out")]
    [InlineData(503, "<html>upstream down</html>", PrometheusFailure.Unreachable, "HTTP 503 Service Unavailable: <html>upstream down</html>")]
    [InlineData(500, """{"status":"error","errorType":"internal","error":"boom"}""", PrometheusFailure.Unreachable, "internal: boom")]
    [InlineData(429, "slow down", PrometheusFailure.Unreachable, "HTTP 429 Too Many Requests, Retry-After: 7: slow down")]
    [InlineData(401, "", PrometheusFailure.Credential, "HTTP 401 Unauthorized")]
    [InlineData(403, "no", PrometheusFailure.Credential, "HTTP 403 Forbidden")]
    [InlineData(302, "", PrometheusFailure.NotPrometheus, "it leads to https://login.example.com/sso")]
    [InlineData(404, "404 page not found", PrometheusFailure.NotPrometheus, "HTTP 404 Not Found: 404 page not found")]
    [InlineData(200, "<!doctype html><title>Sign in</title>", PrometheusFailure.NotPrometheus, "it answered with text/html: <!doctype html><title>Sign in</title>")]
    [InlineData(200, "", PrometheusFailure.NotPrometheus, "it answered with text/html")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"val""", PrometheusFailure.NotPrometheus, "it answered with text/html: {\"status\"")]
    [InlineData(200, """{"status":"success"}""", PrometheusFailure.NotPrometheus, "it answered with")]
    [InlineData(200, """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,2]}]}}""", PrometheusFailure.NotPrometheus, "it answered with")]
    [InlineData(200, "[]", PrometheusFailure.NotPrometheus, "it answered with")]
    [InlineData(200, """{"status":"error","errorType":"bad_data","error":"behind a proxy"}""", PrometheusFailure.BadQuery, "behind a proxy")]
    public async Task QueryAsync_NoUsableAnswer_SaysWhy(int status, string body, PrometheusFailure failure, string evidence)
    {
        await using var server = new ScriptedServer((_, response) => response.Write(status, body, "text/html", ("Retry-After", status == 429 ? "7" : "0"), ("Location", "https://login.example.com/sso?token=x")));
        PrometheusException error = await Assert.ThrowsAsync<PrometheusException>(() => Client(server).QueryAsync("sum(", default));

        Assert.Equal(failure, error.Failure);
        Assert.Contains(evidence, error.Evidence!.Replace(", Retry-After: 0", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.Equal(failure == PrometheusFailure.Unreachable, error.IsTransient);
        Assert.Equal(failure switch { PrometheusFailure.Credential => FailureKind.MissingPrerequisite, PrometheusFailure.BadQuery => FailureKind.Usage, _ => FailureKind.Failed }, error.Kind);
        Assert.NotNull(error.Advice);
    }

    [Fact]
    public async Task QueryAsync_NobodyListens_IsUnreachable()
    {
        var client = new PrometheusClient(new PrometheusTarget { Server = new Uri($"http://127.0.0.1:{ScriptedServer.FreePort()}") }, null, TimeProvider.System);
        PrometheusException error = await Assert.ThrowsAsync<PrometheusException>(() => client.QueryAsync("up", default));
        Assert.Equal(PrometheusFailure.Unreachable, error.Failure);
    }

    [Fact]
    public async Task QueryAsync_NoAnswerInTime_IsUnreachable()
    {
        var time = new ManualTime();
        var asked = new TaskCompletionSource();
        var done = new TaskCompletionSource();
        await using var server = new ScriptedServer(async (_, _) =>
        {
            asked.SetResult();
            await done.Task;
        });
        Task<PrometheusAnswer> running = new PrometheusClient(Target(server), null, time).QueryAsync("up", default);
        await asked.Task;
        time.Advance(TimeSpan.FromSeconds(30));

        Assert.Contains("no answer within 30 s", (await Assert.ThrowsAsync<PrometheusException>(() => running)).Evidence, StringComparison.Ordinal);
        done.SetResult();
    }

    [Fact]
    public async Task QueryAsync_EndlessAnswer_IsNotRead()
    {
        await using var server = new ScriptedServer((_, response) => response.Write(200, new string(' ', 17 * 1024 * 1024)));
        PrometheusException error = await Assert.ThrowsAsync<PrometheusException>(() => Client(server).QueryAsync("{__name__=~\".+\"}", default));
        Assert.Contains("more than 16 MB", error.Evidence, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://prometheus.example.com", "env://T", null, null, "would go over the network in the clear: http://prometheus.example.com is plain http")]
    [InlineData("http://prometheus.example.com", null, "me", "env://P", "would go over the network in the clear")]
    [InlineData("https://prometheus.example.com", "env://T", "me", "env://P", "two ways to sign in")]
    [InlineData("https://prometheus.example.com", null, "me", null, "a user without a password")]
    [InlineData("https://prometheus.example.com", null, null, "env://P", "a password without a user")]
    [InlineData("https://me:hunter2@prometheus.example.com", null, null, null, "must hold no user or password")]
    [InlineData("https://prometheus.example.com/graph?g0.expr=up", null, null, null, "must end with its path")]
    [InlineData("ftp://prometheus.example.com", null, null, null, "is not usable")]
    public void New_UnusableTarget_IsRefused(string server, string? token, string? user, string? password, string message)
    {
        var target = new PrometheusTarget
        {
            Server = new Uri(server),
            Token = token is null ? null : SecretReference.Parse(token),
            User = user,
            Password = password is null ? null : SecretReference.Parse(password),
        };
        InvalidUsageException error = Assert.Throws<InvalidUsageException>(() => new PrometheusClient(target, null, TimeProvider.System));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("hunter2", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://127.0.0.1:9090")]
    [InlineData("http://localhost:9090")]
    [InlineData("http://[::1]:9090")]
    [InlineData("https://prometheus.example.com")]
    public void New_CredentialThatStaysPrivate_IsFine(string server) =>
        Assert.NotNull(new PrometheusClient(new PrometheusTarget { Server = new Uri(server), Token = SecretReference.Parse("env://T") }, Secret.Of("x", "env://T"), TimeProvider.System));

    private static PrometheusTarget Target(ScriptedServer server) => new() { Server = server.Address };

    private static PrometheusClient Client(ScriptedServer server) => new(Target(server), null, TimeProvider.System);
}
