using System.Diagnostics;

namespace Pipelines.Templates.Tests;

/// <summary>An approval in real processes: at a terminal, without one, and when Ctrl-C comes instead of an answer.</summary>
public sealed class ApprovalProcessTests : IDisposable
{
    private const string Question = "Type the environment's name for yes, 'no' to refuse: ";
    private const string CtrlC = "\u0003";
    private const string CtrlD = "\u0004";

    private readonly Service _service = new();
    private readonly string _manifests;

    public ApprovalProcessTests()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no signals, and terminals of its own");
        _manifests = _service.In("manifests.git");
        Run("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-C", "ann", "-f", _service.In("key"));
        string work = _service.In("manifests");
        _service.Git("init", "--quiet", "--initial-branch=main", work);
        _service.Write("manifests/values-prod.yaml", "image:\n  tag: old\n");
        _service.Write("manifests/allowed-signers", $"ann@example.com {File.ReadAllText(_service.In("key.pub"))}");
        _service.Git("-C", work, "add", "--all");
        _service.Git("-C", work, "-c", "user.name=Tester", "-c", "user.email=tester@example.com", "commit", "--quiet", "--message", "first");
        _service.Git("clone", "--quiet", "--bare", work, _manifests);
    }

    public void Dispose() => _service.Dispose();

    [Fact]
    public async Task Terminal_NameTyped_GoesOnAndDrawsNothingOverTheQuestion()
    {
        using Process process = AtTerminal("Terminal", "run");
        string before = await ServiceProcess.WaitForAsync(Question, process.StandardOutput);
        Assert.Contains("runs now  old", before, StringComparison.Ordinal);
        await TypeAsync(process, "prod\n");
        string asked = await ServiceProcess.WaitForAsync("Reason (may be empty): ", process.StandardOutput);
        await TypeAsync(process, "looks good\n");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 0, before + asked + output);
        Assert.Equal("Terminal: looks good", File.ReadAllText(_service.In("approved")));
        Assert.DoesNotContain("stages done", asked[..asked.IndexOf("prod", StringComparison.Ordinal)], StringComparison.Ordinal); // the last line of the live view
        Assert.Contains("stages done", before + output, StringComparison.Ordinal);
        Assert.Contains("✓ succeeded", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_CtrlC_IsCancelledAndApprovesNothing()
    {
        using Process process = AtTerminal("Terminal", "run");
        string before = await ServiceProcess.WaitForAsync(Question, process.StandardOutput);
        await TypeAsync(process, CtrlC);
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, before + output);
        Assert.Contains("SIGINT: asking the running stages to end", output, StringComparison.Ordinal);
        Assert.False(File.Exists(_service.In("approved")), output);
    }

    [Fact]
    public async Task Terminal_InputEnds_ApprovesNothingAndSaysWhy()
    {
        using Process process = AtTerminal("Terminal", "run");
        string before = await ServiceProcess.WaitForAsync(Question, process.StandardOutput);
        for (int times = 0; times < 60 && !process.HasExited; times++)
        {
            await TypeAsync(process, CtrlD); // the kernel drops one that comes in the very moment in which the reader takes the terminal over
            await Task.WhenAny(process.WaitForExitAsync(TestContext.Current.CancellationToken), Task.Delay(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken));
        }

        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 3, before + output);
        Assert.Contains("terminal: its input has ended", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Terminal_OutputIsNoTerminal_IsNotAsked()
    {
        using Process process = Start("Terminal", "run");
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 3, output);
        Assert.Contains("terminal: nobody sits at this run's terminal", output, StringComparison.Ordinal);
        Assert.DoesNotContain(Question, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("TERM")]
    public async Task Signature_SignalWhileWaiting_TakesTheRequestAway(string signal)
    {
        using Process process = Start("Signature", "run");
        await ServiceProcess.WaitForAsync("for a signed approval", process.StandardOutput);
        Assert.StartsWith("refs/pipelines/waiting/order/prod/", Refs(), StringComparison.Ordinal);
        ServiceProcess.Signal(process, signal);
        (int exitCode, string output) = await ServiceProcess.EndAsync(process);
        Assert.True(exitCode == 130, output);
        Assert.Equal("", Refs());
        Assert.False(File.Exists(_service.In("approved")), output);
    }

    [Fact]
    public async Task Approve_CtrlCAtTheQuestionThenTheName_DecidesNothingThenApproves()
    {
        using Process run = Start("Signature", "run");
        await ServiceProcess.WaitForAsync("for a signed approval", run.StandardOutput);
        string waiting = Refs();

        using (Process process = AtTerminal("Signature", "approve", "--as", "ann@example.com", "--key", _service.In("key")))
        {
            await ServiceProcess.WaitForAsync("Type the environment's name ('prod'): ", process.StandardOutput);
            await TypeAsync(process, CtrlC);
            (int exitCode, string output) = await ServiceProcess.EndAsync(process);
            Assert.True(exitCode == 130, output);
            Assert.Contains("SIGINT: stopping", output, StringComparison.Ordinal);
            Assert.DoesNotContain("error:", output, StringComparison.Ordinal);
            Assert.Equal(waiting, Refs());
        }

        using (Process process = AtTerminal("Signature", "approve", "--as", "ann@example.com", "--key", _service.In("key")))
        {
            await ServiceProcess.WaitForAsync("Type the environment's name ('prod'): ", process.StandardOutput);
            await TypeAsync(process, "prod\n");
            (int exitCode, string output) = await ServiceProcess.EndAsync(process);
            Assert.True(exitCode == 0, output);
        }

        (int runsExitCode, string runsOutput) = await ServiceProcess.EndAsync(run);
        Assert.True(runsExitCode == 0, runsOutput);
        Assert.Equal("Signature: ", File.ReadAllText(_service.In("approved")));
        Assert.Equal("refs/pipelines/approvals/order/prod", Refs());
    }

    private Process Start(string methods, string command, params string[] arguments) => ServiceProcess.Start(_service.Path, [.. Arguments(methods, command), .. arguments]);

    private Process AtTerminal(string methods, string command, params string[] arguments)
    {
        Assert.SkipWhen(ServiceProcess.WhyNoTerminal is not null, ServiceProcess.WhyNoTerminal ?? "");
        return ServiceProcess.StartAtTerminal(_service.Path, [.. Arguments(methods, command), .. arguments]);
    }

    private string[] Arguments(string methods, string command) => ["gate", _manifests, methods, command, "--live"];

    private string Refs() => _service.Git("-C", _manifests, "for-each-ref", "--format=%(refname)", "refs/pipelines").Trim();

    private static async Task TypeAsync(Process process, string text)
    {
        await process.StandardInput.WriteAsync(text);
        await process.StandardInput.FlushAsync();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
