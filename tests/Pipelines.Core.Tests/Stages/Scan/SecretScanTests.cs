using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Scan;

public sealed class SecretScanTests : IAsyncLifetime
{
    private static readonly string Token = "ghp_" + "q7Zr1Tn4Kc9Wd2Xs6Lf8Bv3Hm5Jp0GyYtRw2";

    private readonly TemporaryDirectory _folder = new();
    private GitRepository _repository = null!;
    private RecordingContext _run = null!;

    public async ValueTask InitializeAsync()
    {
        _repository = await GitRepository.CreateAsync(Path.Combine(_folder.Path, "service"));
        _repository.Write("app.py", "print('hello')\n");
        await _repository.CommitAsync("first");
        _run = new RecordingContext(_repository.Path);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task RunAsync_CleanRepository_PassesAndTellsWhatItSaw()
    {
        ScannedSource source = await Scan();
        Assert.Empty(source.Scan.Findings);
        Assert.Equal("own rules", source.Scan.Scanner);
        Assert.Contains("none in 1 files", _run.Fact("secrets in the sources"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_TokenInATrackedFile_IsStoppedWithoutShowingIt()
    {
        _repository.Write("src/config.py", $"# settings\n\nTOKEN = '{Token}'\n");
        await _repository.CommitAsync("settings");
        SecretsFoundException exception = await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
        Assert.Contains("1 secret is in the sources.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("src/config.py:3  github-token  ghp_…", exception.Message, StringComparison.Ordinal);
        Assert.Contains("Revoke", exception.Message, StringComparison.Ordinal);
        Assert.Contains("secret-scan-ignore.yaml", exception.Message, StringComparison.Ordinal);
        Assert.False(exception.IsTransient);
        Assert.Single(exception.Result.Blocking);
        string all = exception + _run.LogText + string.Concat(_run.Reports.OfType<StageReport.Scan>().SelectMany(scan => scan.Result.Findings).Select(finding => finding.ToString()));
        Assert.DoesNotContain(Token[8..20], all, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_UncommittedChangeOfATrackedFile_IsSeen()
    {
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
    }

    [Fact]
    public async Task RunAsync_UntrackedBinaryLargeAndLinkedFiles_AreNotRead()
    {
        _repository.Write(".gitignore", ".env\n");
        _repository.Write(".env", $"TOKEN={Token}\n");
        _repository.Write("image.bin", "\0" + Token);
        _repository.Write("large.txt", new string('x', 1024 * 1024) + $" {Token}\n");
        if (!OperatingSystem.IsWindows())
            File.CreateSymbolicLink(Path.Combine(_repository.Path, "link.txt"), Path.Combine(_repository.Path, ".env"));
        await _repository.RunAsync("add", "-A");
        await Scan();
        Assert.Contains("1 of the files is larger than 1 MB and was not looked at: large.txt", _run.LogText, StringComparison.Ordinal);
        Assert.Contains("1 of the files is binary", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SecretAddedAndTakenAwayInTheBranch_IsFoundInItsCommit()
    {
        await _repository.RunAsync("switch", "-q", "-c", "feature");
        _repository.Write("app.py", $"print('hello')\nTOKEN = '{Token}'\n");
        string commit = await _repository.CommitAsync("oops");
        _repository.Write("app.py", "print('hello')\n");
        await _repository.CommitAsync("take it away");
        SecretsFoundException exception = await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
        Assert.Contains($"app.py:2 of commit {commit[..10]}  github-token", exception.Message, StringComparison.Ordinal);
        Assert.Contains("stays in the history", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_SecretInFileAndCommit_IsOneFinding()
    {
        await _repository.RunAsync("switch", "-q", "-c", "feature");
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        await _repository.CommitAsync("oops");
        Assert.Single((await Assert.ThrowsAsync<SecretsFoundException>(() => Scan())).Result.Findings);
    }

    [Fact]
    public async Task RunAsync_OnTheDefaultBranch_LooksAtTheLastCommit()
    {
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        await _repository.CommitAsync("oops");
        _repository.Write("app.py", "print('hello')\n");
        await _repository.CommitAsync("take it away");
        await Scan(); // the commit of the secret is neither the last nor of a change
        Assert.Contains("and 1 commit", _run.Fact("secrets in the sources"), StringComparison.Ordinal);
        await _repository.RunAsync("revert", "--no-edit", "HEAD");
        await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
    }

    [Fact]
    public async Task RunAsync_ServiceInAFolderOfTheRepository_IsScannedAlone()
    {
        _repository.Write("other/config.py", $"TOKEN = '{Token}'\n");
        _repository.Write("mine/app.py", "pass\n");
        await _repository.CommitAsync("two services");
        var mine = new RecordingContext(Path.Combine(_repository.Path, "mine"));
        Assert.Empty((await new SecretScan { Program = "no-gitleaks" }.RunAsync(mine.Context, TestContext.Current.CancellationToken)).Scan.Findings);
        var other = new RecordingContext(Path.Combine(_repository.Path, "other"));
        Assert.Contains("  config.py:1  ", (await Assert.ThrowsAsync<SecretsFoundException>(() => new SecretScan { Program = "no-gitleaks" }.RunAsync(other.Context, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ShallowClone_SaysWhatItCouldNotSee()
    {
        await _repository.RunAsync("switch", "-q", "-c", "feature");
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        await _repository.CommitAsync("oops");
        _repository.Write("app.py", "print('hello')\n");
        await _repository.CommitAsync("take it away");
        string clone = Path.Combine(_folder.Path, "clone");
        await _repository.RunAsync("clone", "-q", "--depth", "1", "--branch", "feature", new Uri(_repository.Path).AbsoluteUri, clone);
        _run = new RecordingContext(clone);
        await Scan();
        Assert.Contains(_run.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("This clone is shallow", StringComparison.Ordinal) && line.Text.Contains("fetch-depth: 0", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_NoRepository_SaysSo()
    {
        string plain = Directory.CreateDirectory(Path.Combine(_folder.Path, "plain")).FullName;
        _run = new RecordingContext(plain);
        await Assert.ThrowsAsync<InvalidUsageException>(() => Scan());
    }

    [Theory]
    [InlineData("- fingerprint: {0}\n  reason: made up for the docs\n")]
    [InlineData("- rule: github-token\n  path: app.py\n  reason: made up for the docs\n")]
    [InlineData("- rule: github-token\n  path: 'a*'\n  reason: made up for the docs\n  expires: 2999-12-31\n")]
    public async Task RunAsync_AllowedWithReason_PassesAndSaysWhy(string list)
    {
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        string fingerprint = (await Assert.ThrowsAsync<SecretsFoundException>(() => Scan())).Result.Findings[0].InstalledVersion["fingerprint ".Length..];
        _repository.Write("secret-scan-ignore.yaml", list.Replace("{0}", fingerprint, StringComparison.Ordinal));
        ScannedSource source = await Scan();
        Assert.Single(source.Scan.Ignored);
        Assert.Empty(source.Scan.Blocking);
        Assert.Contains("may pass: made up for the docs", _run.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_ExpiredAndUnusedEntries_AreToldAndDoNotCount()
    {
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        _repository.Write("secret-scan-ignore.yaml", "- rule: github-token\n  path: app.py\n  reason: old\n  expires: 2001-01-01\n- fingerprint: 0123456789abcdef\n  reason: gone\n");
        await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
        Assert.Contains(_run.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("github-token in app.py (line 1) expired on 2001-01-01", StringComparison.Ordinal));
        Assert.Contains(_run.Log, line => line.Level == LogLevel.Warning && line.Text.Contains("0123456789abcdef (line 5) fits no finding", StringComparison.Ordinal));
    }

    [Fact]
    public async Task RunAsync_WorkflowAndTheScriptItCalls_AreChecked()
    {
        _repository.Write(".github/workflows/ci.yml", "jobs:\n  a:\n    steps:\n      - run: ./scripts/deploy.sh\n");
        _repository.Write("scripts/deploy.sh", "#!/bin/sh\nset -x\n");
        _repository.Write("scripts/other.sh", "#!/bin/sh\nset -x\n");
        _repository.Write("Dockerfile", "FROM scratch\nARG NPM_TOKEN\n");
        await _repository.CommitAsync("ci");
        SecretsFoundException exception = await Assert.ThrowsAsync<SecretsFoundException>(() => Scan());
        Assert.Equal(["Dockerfile:2", "scripts/deploy.sh:2"], exception.Result.Blocking.Select(finding => finding.Package));
        Assert.StartsWith("2 lines of workflows give secrets away.", exception.Message, StringComparison.Ordinal);
        Assert.Contains("--mount=type=secret", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task RunAsync_GitleaksInstalled_AddsItsFindingsAndCannotBeToldToLookAway()
    {
        _repository.Write(".gitleaks.toml", "[allowlist]\npaths = ['.*']\n");
        _repository.Write("notes.txt", "x\n");
        await _repository.CommitAsync("second");
        string gitleaks = Gitleaks("""[{"RuleID":"acme-key","Description":"An Acme key","StartLine":1,"StartColumn":1,"File":"notes.txt","Match":"REDACTED","Entropy":4.5}]""", exitCode: 66);
        SecretsFoundException exception = await Assert.ThrowsAsync<SecretsFoundException>(() => Scan(gitleaks));
        Assert.Contains("notes.txt:1  gitleaks:acme-key", exception.Message, StringComparison.Ordinal);
        Assert.Equal("own rules, gitleaks 8.24.2", exception.Result.Scanner);
        string[] calls = _folder.Read("calls").Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, calls.Length);
        Assert.All(calls, call => Assert.Contains("--redact --exit-code 66 --ignore-gitleaks-allow", call, StringComparison.Ordinal));
        Assert.StartsWith("dir ", calls[0], StringComparison.Ordinal);
        Assert.Matches(@"^git .*--log-opts=[0-9a-f]{40}\.\.[0-9a-f]{40} \S+/\.git$", calls[1]);
        Assert.Equal("app.py\nnotes.txt\n", _folder.Read("seen")); // tracked files, without gitleaks' own configuration
        Assert.False(Directory.Exists(Path.Combine(_run.Run.RunDirectory, "secret-scan", "files")));
    }

    [Fact]
    public async Task RunAsync_GitleaksSeesWhatOurRulesSaw_IsOneFinding()
    {
        _repository.Write("app.py", $"TOKEN = '{Token}'\n");
        string gitleaks = Gitleaks("""[{"RuleID":"github-pat","Description":"x","StartLine":1,"StartColumn":10,"File":"app.py","Match":"REDACTED","Entropy":4.5}]""", exitCode: 66);
        Assert.Equal("github-token", Assert.Single((await Assert.ThrowsAsync<SecretsFoundException>(() => Scan(gitleaks))).Result.Findings).Id);
    }

    [Fact]
    public async Task RunAsync_GitleaksFails_IsNoFinding()
    {
        CommandFailedException exception = await Assert.ThrowsAsync<CommandFailedException>(() => Scan(Gitleaks("", exitCode: 1)));
        Assert.Contains("gitleaks itself failed", exception.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", 0)]
    [InlineData("[]", 66)]
    [InlineData("no json", 66)]
    public async Task RunAsync_GitleaksReportUnreadable_NeverPasses(string report, int exitCode) => await Assert.ThrowsAsync<ScanReportException>(() => Scan(Gitleaks(report, exitCode)));

    [Fact] // a path is quoted by git where it has such characters
    public async Task RunAsync_NamesWithSpacesAndLetters_AreReadInFilesAndCommits()
    {
        await _repository.RunAsync("switch", "-q", "-c", "feature");
        _repository.Write("größe und mehr.txt", $"TOKEN={Token}\n");
        await _repository.CommitAsync("oops");
        Assert.Equal("größe und mehr.txt:1", Assert.Single((await Assert.ThrowsAsync<SecretsFoundException>(() => Scan())).Result.Findings).Package);
        File.Delete(Path.Combine(_repository.Path, "größe und mehr.txt"));
        Assert.StartsWith("größe und mehr.txt:1 of commit", Assert.Single((await Assert.ThrowsAsync<SecretsFoundException>(() => Scan())).Result.Findings).Package, StringComparison.Ordinal);
    }

    private Task<ScannedSource> Scan(string? gitleaks = null) => new SecretScan { Program = gitleaks ?? Path.Combine(_folder.Path, "no-gitleaks") }.RunAsync(_run.Context, TestContext.Current.CancellationToken);

    private string Gitleaks(string report, int exitCode)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "the dummy gitleaks is a shell script");
        _folder.Write("report", report);
        string path = _folder.Write("gitleaks", $$"""
            #!/bin/sh
            [ "$1" = version ] && echo "8.24.2" && exit 0
            folder=$(dirname "$0"); echo "$@" >> "$folder/calls"; mode="$1"
            [ "$mode" = dir ] && find . -type f | sed 's|^\./||' | LC_ALL=C sort > "$folder/seen"
            while [ $# -gt 0 ]; do if [ "$1" = --report-path ]; then if [ "$mode" = git ]; then echo '[]' > "$2"; else cp "$folder/report" "$2"; fi; fi; shift; done
            [ "$mode" = git ] && exit 0
            exit {{exitCode}}
            """.Replace("\r", "", StringComparison.Ordinal) + "\n");
        if (!OperatingSystem.IsWindows())
            File.SetUnixFileMode(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        return path;
    }
}
