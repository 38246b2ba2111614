using Pipelines.Core.Secrets;
using Pipelines.Core.Tools;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Tools.Process;

/// <summary>A secret reaches the one process that was given it, and no other.</summary>
public class SecretsOfProcessesTests
{
    private static readonly Secret s_secret = Secret.Of("file-secret-value", "env://TEST");

    private readonly RecordingContext _run = new();

    // Files

    [Fact]
    public async Task RunAsync_SecretFileInAVariable_OnlyTheUserCanReadItAndItIsGoneAfterwards()
    {
        CommandResult result = await DummyTool.Command("read-file", "$TOKEN_FILE").WithSecretFile("TOKEN_FILE", s_secret).RunAsync(_run.Context);
        AssertFile(result.Output);
    }

    [Fact]
    public async Task RunAsync_SecretFileInAnArgument_LogShowsThePlaceOnly()
    {
        CommandResult result = await DummyTool.Command("read-file").WithSecretFile("--token-file={file}", s_secret).WithArguments("0").RunAsync(_run.Context);
        AssertFile(result.Output);
        Assert.Contains("--token-file={file}", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ProcessFails_SecretFileIsGone()
    {
        CommandFailedException error = await Assert.ThrowsAsync<CommandFailedException>(() => DummyTool.Command("read-file", "$TOKEN_FILE", "7").WithSecretFile("TOKEN_FILE", s_secret).RunAsync(_run.Context));
        Assert.False(File.Exists(error.LastLines[^2]), error.LastLines[^2]);
    }

    [Fact]
    public async Task RunAsync_Cancelled_SecretFileIsGone()
    {
        using var folder = new TemporaryDirectory();
        string script = folder.Write("wait.sh", "#!/bin/sh\necho \"$TOKEN_FILE\" > path.tmp && mv path.tmp path && exec sleep 600\n");
        File.SetUnixFileMode(script, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        using var cancel = new CancellationTokenSource();
        Task<CommandResult> running = new Command(script).In(folder.Path).WithSecretFile("TOKEN_FILE", s_secret).RunAsync(_run.Context, cancel.Token);
        string written = Path.Combine(folder.Path, "path");
        while (!File.Exists(written) && !running.IsCompleted)
            await Task.Yield();
        string path = (await File.ReadAllTextAsync(written)).Trim();
        Assert.True(File.Exists(path));
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
        Assert.False(Directory.Exists(Path.GetDirectoryName(path)));
    }

    [Fact]
    public void RemoveLeftovers_KilledRun_ItsFolderGoesAndThoseInUseStay()
    {
        using var parent = new TemporaryDirectory();
        string left = Directory.CreateDirectory(Path.Combine(parent.Path, "pipelines-killed")).FullName;
        parent.Write("pipelines-killed/.lock", "");
        parent.Write("pipelines-killed/token", "secret");
        parent.Write("pipelines-used/.lock", "");
        parent.Write("pipelines-elsewhere/file", "no lock: somebody else's");
        using (new FileStream(Path.Combine(parent.Path, "pipelines-used", ".lock"), FileMode.Open, FileAccess.ReadWrite, FileShare.None))
            PrivateFolder.RemoveLeftovers(parent.Path);
        Assert.False(Directory.Exists(left));
        Assert.True(Directory.Exists(Path.Combine(parent.Path, "pipelines-used")));
        Assert.True(Directory.Exists(Path.Combine(parent.Path, "pipelines-elsewhere")));
    }

    [Fact]
    public async Task Create_WhileOtherRunsTidyUp_IsNeverTakenForALeftover()
    {
        using var done = new CancellationTokenSource();
        Task[] others = [.. Enumerable.Range(0, 2).Select(_ => Task.Run(() =>
        {
            while (!done.IsCancellationRequested)
                PrivateFolder.RemoveLeftovers();
        }))];
        for (int made = 0; made < 1000; made++)
        {
            using var folder = PrivateFolder.Create();
            Assert.True(File.Exists(folder.Write("TOKEN_FILE", "secret")));
        }

        await done.CancelAsync();
        await Task.WhenAll(others);
    }

    [Fact]
    public void RemoveLeftovers_FolderInUseByThisProcess_Stays()
    {
        using var folder = PrivateFolder.Create();
        string file = folder.Write("token", "secret");
        PrivateFolder.RemoveLeftovers();
        Assert.True(File.Exists(file));
        Assert.Throws<IOException>(() => folder.Write("token", "again")); // O_EXCL
    }

    [Theory]
    [InlineData("--token-file")]
    [InlineData("a b")]
    public void WithSecretFile_NeitherVariableNorArgument_SaysWhatToWrite(string target)
    {
        ArgumentException error = Assert.Throws<ArgumentException>(() => new Command("tool").WithSecretFile(target, s_secret));
        Assert.Contains($"'{target}' is neither a variable nor an argument with {{file}} in it", error.Message, StringComparison.Ordinal);
    }

    // Arguments

    [Fact]
    public async Task RunAsync_ArgumentHoldsASecret_IsRefusedByReference()
    {
        var masker = new SecretMasker();
        masker.Add(s_secret);
        _run.Masker = masker;
        InvalidUsageException error = await Assert.ThrowsAsync<InvalidUsageException>(() => DummyTool.Command("arguments", "--build-arg", "TOKEN=file-secret-value").RunAsync(_run.Context));
        Assert.Contains("its argument 3 holds the secret env://TEST", error.Message, StringComparison.Ordinal);
        Assert.Contains("WithSecretFile", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("file-secret", error.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("file-secret", _run.LogText, StringComparison.Ordinal);
    }

    // Output

    [Fact]
    public async Task RunAsync_ProcessPrintsASecretOfSeveralLines_LogIsMaskedAndTheResultIsNot()
    {
        var masker = new SecretMasker();
        masker.Add(Secret.Of("ab\ncd\nef", "env://TEST"));
        _run.Masker = masker;
        CommandResult result = await DummyTool.Command("arguments", "before", "ab", "cd", "ef", "after").RunAsync(_run.Context);
        Assert.Equal(["before", "***", "after"], _run.Log.Where(line => line.Level == LogLevel.Output).Select(line => line.Text));
        Assert.Equal("before\nab\ncd\nef\nafter\n", result.Output);
    }

    // Environment

    [Fact]
    public async Task RunAsync_VariableOfAReference_IsInheritedByNoProcessUnlessItIsGiven()
    {
        Environment.SetEnvironmentVariable("SECRETS_OF_PROCESSES_TESTS", "inherited-secret");
        Environment.SetEnvironmentVariable("SECRETS_OF_PROCESSES_prod", "inherited-secret");
        Environment.SetEnvironmentVariable("JENKINS_SECRET", "inherited-secret");
        var run = new RecordingContext(secrets: new Dictionary<string, string> { ["env://SECRETS_OF_PROCESSES_TESTS"] = "x", ["env://SECRETS_OF_PROCESSES_{environment}"] = "x" });
        CommandResult all = await DummyTool.Command("environment-all").Quiet().RunAsync(run.Context);
        Assert.DoesNotContain("inherited-secret", all.Output, StringComparison.Ordinal);
        Assert.Contains("PATH=", all.Output, StringComparison.Ordinal);
        CommandResult given = await DummyTool.Command("environment", "SECRETS_OF_PROCESSES_TESTS").WithEnvironment("SECRETS_OF_PROCESSES_TESTS", s_secret).Quiet().RunAsync(run.Context);
        Assert.Equal("file-secret-value\n", given.Output);
    }

    [Fact]
    public void Clean_CredentialsOfThePipeline_AreRemovedAndThoseOfTheServicesToolsStay()
    {
        string[] kept = ["PATH", "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "DOCKER_CONFIG", "GITHUB_TOKEN", "CI_JOB_TOKEN", "NPM_TOKEN", "ACTIONS_ID_TOKEN_REQUEST_URL", "VAULT_ADDR"];
        string[] removed = ["ACTIONS_ID_TOKEN_REQUEST_TOKEN", "ACTIONS_RUNTIME_TOKEN", "CI_JOB_JWT", "CI_JOB_JWT_V2", "VAULT_TOKEN", "VAULT_SECRET_ID", "ARGOCD_TOKEN"];
        var environment = kept.Concat(removed).ToDictionary(name => name, _ => (string?)"x");
        InheritedEnvironment.Clean(environment, ["ARGOCD_TOKEN"]);
        Assert.Equal(kept.Order(), environment.Keys.Order());
        InheritedEnvironment.Clean(environment, ["AWS_SECRET_ACCESS_KEY"]);
        Assert.DoesNotContain("AWS_SECRET_ACCESS_KEY", environment.Keys);
    }

    private static void AssertFile(string output)
    {
        string[] lines = output.Split('\n');
        Assert.Equal("UserExecute, UserWrite, UserRead / UserWrite, UserRead", lines[0]);
        Assert.Equal("file-secret-value", lines[2]);
        Assert.StartsWith(Path.GetTempPath(), lines[1], StringComparison.Ordinal);
        Assert.False(Directory.Exists(Path.GetDirectoryName(lines[1])));
    }
}
