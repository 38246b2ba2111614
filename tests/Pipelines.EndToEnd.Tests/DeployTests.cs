using System.Net;
using System.Text.Json;
using Pipelines.Core;
using Pipelines.EndToEnd.Tests.Parts;
using Pipelines.Testing;

namespace Pipelines.EndToEnd.Tests;

/// <summary>The live deploy with real parts: docker, a registry, git over HTTP, the running container. Argo CD and Slack are the sandbox's.</summary>
public class DeployTests(Servers servers)
{
    private const string Prod = "apps/order-service/values-prod.yaml";

    [Theory]
    [MemberData(nameof(Servers.DockerPrograms), MemberType = typeof(Servers))]
    public async Task Run_GoodCommit_RunsByItsDigestAndKeepsEverySecret(string docker)
    {
        await using Scenario scenario = await Scenario.StartAsync(servers, docker);
        await scenario.Service.DetachAsync();
        string commit = await scenario.Service.HeadAsync();
        string before = await scenario.ManifestAsync();

        PipelineEnd end = await scenario.RunAsync("--live");

        Assert.True(end.ExitCode == 0, end.Console);
        Assert.Equal([commit], await scenario.Registry.TagsAsync(scenario.ImageRepository));
        string digest = await scenario.Registry.DigestAsync(scenario.ImageRepository, commit);
        Assert.Equal($"{scenario.ImageName}@{digest}", Assert.Single(scenario.Cluster.Ran));
        Assert.Equal(commit, await HealthAsync(scenario));
        Assert.Equal(before.Replace("tag: \"\"", $"tag: \"{commit}\"", StringComparison.Ordinal), await scenario.ManifestAsync());
        Assert.EndsWith($" ci: update order-service to {commit} [skip ci]", (await scenario.CommitsAsync())[0], StringComparison.Ordinal);
        Assert.Contains(digest, end.Report("summary.md"), StringComparison.Ordinal);
        // Nobody can approve in this job: staging stays, and the run says how it goes on.
        Assert.Contains($"'staging' runs order-service {commit} and has proven it; approve it for 'prod' by: dotnet run --project build -- promote --from staging --to prod", end.Console, StringComparison.Ordinal);
        Assert.DoesNotContain(commit, await scenario.GitAsync("show", $"main:{Prod}"), StringComparison.Ordinal);
        Assert.Contains(commit[..7], Assert.Single(scenario.Sandbox.SlackMessages).Text, StringComparison.Ordinal);
        await AssertTokenIsNeededAsync(scenario);
        AssertKeepsSecrets(scenario);
    }

    [Fact]
    public async Task Promote_ManualJob_BringsTheProvenDigestToProdAndBuildsNothing()
    {
        await using Scenario scenario = await Scenario.StartAsync(servers);
        await scenario.Service.DetachAsync();
        string commit = await scenario.Service.HeadAsync();
        PipelineEnd first = await scenario.RunAsync();
        Assert.True(first.ExitCode == 0, first.Console);
        string digest = await scenario.Registry.DigestAsync(scenario.ImageRepository, commit);
        int builds = Builds(scenario);

        PipelineEnd refused = await scenario.RunByHandAsync("mallory", "promote", "--set", "approval.approvers=ann");
        Assert.True(refused.ExitCode == 1, refused.Console);
        Assert.DoesNotContain(commit, await scenario.GitAsync("show", $"main:{Prod}"), StringComparison.Ordinal);
        PipelineEnd promoted = await scenario.RunByHandAsync("ann", "promote", "--set", "approval.approvers=ann");

        Assert.True(promoted.ExitCode == 0, promoted.Console);
        Assert.Contains($"tag: \"{commit}\"", await scenario.GitAsync("show", $"main:{Prod}"), StringComparison.Ordinal);
        string message = await scenario.GitAsync("log", "-1", "--format=%B", "main", "--", Prod);
        Assert.Contains("Approved-By: ann\n", message, StringComparison.Ordinal);
        Assert.Contains("Proven-In: staging\n", message, StringComparison.Ordinal);
        Assert.Contains(digest, promoted.Report("summary.md"), StringComparison.Ordinal);
        Assert.Equal(builds, Builds(scenario));
        Assert.Equal(digest, await scenario.Registry.DigestAsync(scenario.ImageRepository, commit));
        AssertKeepsSecrets(scenario);
    }

    [Fact]
    public async Task Run_SameCommitAgain_BuildsAndDeploysNothing()
    {
        await using Scenario scenario = await Scenario.StartAsync(servers);
        PipelineEnd first = await scenario.RunAsync();
        Assert.True(first.ExitCode == 0, first.Console);
        string commit = await scenario.Service.HeadAsync();
        string digest = await scenario.Registry.DigestAsync(scenario.ImageRepository, commit);
        IReadOnlyList<string> commits = await scenario.CommitsAsync();
        int builds = Builds(scenario);
        Assert.Equal(1, builds);

        PipelineEnd second = await scenario.RunAsync();

        Assert.True(second.ExitCode == 0, second.Console);
        Assert.Contains("already deployed", second.Console, StringComparison.Ordinal);
        Assert.Equal(builds, Builds(scenario));
        Assert.Equal(digest, await scenario.Registry.DigestAsync(scenario.ImageRepository, commit));
        Assert.Equal(commits, await scenario.CommitsAsync());
        Assert.Single(scenario.Cluster.Ran);
        AssertKeepsSecrets(scenario);
    }

    [Fact]
    public async Task Run_HighFinding_PushesAndDeploysNothing()
    {
        await using Scenario scenario = await Scenario.StartAsync(servers);
        scenario.Trivy.Finds(Trivy.High);
        IReadOnlyList<string> commits = await scenario.CommitsAsync();

        PipelineEnd end = await scenario.RunAsync();

        Assert.True(end.ExitCode == 1, end.Console);
        Assert.Contains("CVE-2019-14697", end.Console, StringComparison.Ordinal);
        Assert.Empty(await scenario.Registry.TagsAsync(scenario.ImageRepository));
        Assert.Equal(commits, await scenario.CommitsAsync());
        Assert.Empty(scenario.Cluster.Ran);
        Assert.Contains("scan image", Assert.Single(scenario.Sandbox.SlackMessages).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Run_SmokeTestFails_GoesBackToWhatRanBefore()
    {
        await using Scenario scenario = await Scenario.StartAsync(servers);
        PipelineEnd good = await scenario.RunAsync();
        Assert.True(good.ExitCode == 0, good.Console);
        string goodCommit = await scenario.Service.HeadAsync();
        string before = await scenario.ManifestAsync();
        IReadOnlyList<string> commits = await scenario.CommitsAsync();
        // It passes its own tests, and is ill only where it is deployed.
        string badCommit = await scenario.Service.ChangeAsync("app/server.py", "self._reply(HTTPStatus.OK, {\"status\": \"ok\"", "self._reply(HTTPStatus.SERVICE_UNAVAILABLE if __import__(\"os\").path.exists(\"/etc/made-for\") else HTTPStatus.OK, {\"status\": \"ok\"");

        PipelineEnd end = await scenario.RunAsync("--set", "smoke.timeout=8s");

        Assert.True(end.ExitCode == 1, end.Console);
        Assert.Equal(before, await scenario.ManifestAsync());
        Assert.Equal(commits, (await scenario.CommitsAsync()).Skip(2));
        Assert.Contains($"ci: update order-service to {badCommit}", (await scenario.CommitsAsync())[1], StringComparison.Ordinal);
        string digest = await scenario.Registry.DigestAsync(scenario.ImageRepository, goodCommit);
        await scenario.Cluster.RunsAsync(digest);
        Assert.Contains(await scenario.Registry.DigestAsync(scenario.ImageRepository, badCommit), scenario.Cluster.Ran[1], StringComparison.Ordinal);
        Assert.Equal(goodCommit, await HealthAsync(scenario));
        string summary = end.Report("summary.md");
        Assert.Contains($"is back at {goodCommit}", summary, StringComparison.Ordinal);
        Assert.Contains("and Argo CD runs it: Healthy at", summary, StringComparison.Ordinal);
        Assert.Contains("503", summary, StringComparison.Ordinal);
        AssertKeepsSecrets(scenario);
    }

    [Fact]
    public async Task Run_TagWithOtherContentAppears_FailsAndNamesBothDigests()
    {
        await using Scenario scenario = await Scenario.StartAsync(servers);
        string commit = await scenario.Service.HeadAsync();
        IReadOnlyList<string> commits = await scenario.CommitsAsync();
        scenario.Trivy.Hold();

        Task<PipelineEnd> run = scenario.RunAsync();
        string others = "";
        await scenario.Trivy.DuringNextScanAsync(run, async () => others = await scenario.Registry.PutOtherImageAsync(scenario.ImageRepository, commit));
        PipelineEnd end = await run;

        Assert.True(end.ExitCode == 1, end.Console);
        string ours = (await Machine.RunAsync("docker", "image", "inspect", "--format", "{{.Id}}", $"{scenario.ImageName}:{commit}")).Trim();
        Assert.Contains(others, end.Console, StringComparison.Ordinal);
        Assert.Contains(ours, end.Console, StringComparison.Ordinal);
        Assert.Equal(others, await scenario.Registry.DigestAsync(scenario.ImageRepository, commit));
        Assert.Equal(commits, await scenario.CommitsAsync());
    }

    private static int Builds(Scenario scenario) => scenario.CommandLinesSeen.Count(line => line.Contains("docker", StringComparison.Ordinal) && line.Contains(" build ", StringComparison.Ordinal) && line.Contains(scenario.ImageName, StringComparison.Ordinal));

    /// <summary>The version that the running container tells.</summary>
    private static async Task<string?> HealthAsync(Scenario scenario)
    {
        using var http = new HttpClient();
        string? version = null;
        await Machine.UntilAsync(
            async () =>
            {
                try
                {
                    using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://127.0.0.1:{scenario.Cluster.Port}/health"));
                    using var document = JsonDocument.Parse(await answer.Content.ReadAsStringAsync());
                    version = document.RootElement.GetProperty("version").GetString();
                    return answer.IsSuccessStatusCode;
                }
                catch (HttpRequestException)
                {
                    return false; // it starts
                }
            },
            "the service answers");
        return version;
    }

    private async Task AssertTokenIsNeededAsync(Scenario scenario)
    {
        Uri repository = servers.Git.Address(Path.GetRelativePath(servers.Git.Root, scenario.Sandbox.ManifestRepository));
        using var http = new HttpClient();
        using HttpResponseMessage answer = await http.GetAsync(new Uri(repository, "manifests.git/info/refs?service=git-receive-pack"));
        Assert.Equal(HttpStatusCode.Unauthorized, answer.StatusCode);
        Assert.Contains($"{GitServer.TokenUser} POST {repository.AbsolutePath}/git-receive-pack 200", servers.Git.Requests, StringComparison.Ordinal);
    }

    private static void AssertKeepsSecrets(Scenario scenario)
    {
        // That they were looked at while the pipeline worked:
        Assert.Contains(scenario.CommandLinesSeen, line => line.Contains("login", StringComparison.Ordinal) && line.Contains(scenario.Registry.Authority, StringComparison.Ordinal));
        Assert.Contains(scenario.CommandLinesSeen, line => line.Contains("git", StringComparison.Ordinal) && line.Contains(" push ", StringComparison.Ordinal));
        string[] files = [.. scenario.RunFolders.SelectMany(folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories))];
        Assert.Contains(files, file => file.EndsWith("events.jsonl", StringComparison.Ordinal));
        Assert.Empty(Directory.EnumerateFiles(scenario.Home, "config.json", SearchOption.AllDirectories)); // docker's sign-in stays nowhere
        Assert.Empty(Leaks.Find(scenario.Secrets, scenario.Console, scenario.CommandLinesSeen, files));
    }
}
