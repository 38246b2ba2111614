using Pipelines.Core.GitOps;
using Pipelines.Core.Stages.Approve;
using Pipelines.Core.Tests.Tools.Git;
using Pipelines.Testing;

namespace Pipelines.Core.Tests.Stages.Approve;

/// <summary>Real git, real ssh-keygen.</summary>
public sealed class SignedApprovalTests : IAsyncLifetime
{
    private Gate _gate = null!;
    private RecordingContext _context = null!;

    public async ValueTask InitializeAsync()
    {
        _gate = await Gate.CreateAsync();
        _context = _gate.Context(new SteppingTime());
    }

    public ValueTask DisposeAsync()
    {
        _gate.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Approve_SignedByWhoMay_IsEvidenceAndIsKept()
    {
        Task<Approval> waiting = Start();
        ApprovalRequest request = await _gate.WaitingAsync();
        Assert.Contains("changes   not known here", request.Summary, StringComparison.Ordinal);
        Assert.Contains("runs now  old", request.Summary, StringComparison.Ordinal);
        Assert.Contains("findings  1 (0 critical, 1 high)", request.Summary, StringComparison.Ordinal);
        await _gate.SayAsync(request, _gate.Ann);
        Approval approval = await waiting;
        Assert.Equal((Gate.Digest, "prod", "ann@example.com", "tested", ApprovalMethod.Signature), (approval.Digest, approval.Environment, approval.ApprovedBy, approval.Reason, approval.Method));
        Assert.StartsWith("SHA256:", approval.KeyFingerprint, StringComparison.Ordinal);
        Assert.Equal(["refs/pipelines/approvals/order/prod"], await _gate.RefsAsync()); // what waited is gone, what counted is kept
        Assert.Contains("BEGIN SSH SIGNATURE", await _gate.Manifests.ShowAsync("document.json", "refs/pipelines/approvals/order/prod"), StringComparison.Ordinal);
        Assert.Equal("by ann@example.com (signature): tested", _context.Fact("approval"));
    }

    [Fact]
    public async Task Approve_Approved_IsInTheTrailersOfTheManifestCommit()
    {
        Task<Approval> waiting = Start();
        await _gate.SayAsync(await _gate.WaitingAsync(), _gate.Ann);
        ProvenDeployment proven = Gate.Proven();
        await new DeployManifest(_gate.Prod).RunAsync(proven.Deployment.Image, proven, await waiting, _context.Context, CancellationToken.None);
        string message = await _gate.Manifests.RunAsync("log", "-1", "--format=%B", "main");
        Assert.Contains("Source-Branch: main\n", message, StringComparison.Ordinal);
        Assert.Contains("Approved-By: ann@example.com\nProven-In: staging\nApproved-At: ", message, StringComparison.Ordinal);
        Assert.Contains("Approval-Method: signature\nApproval-Reason: tested\nApproval-Key: SHA256:", message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_RequestsOfDeadRuns_AreTakenAwayOnceTheyHaveExpiredForADay()
    {
        using (RefDocuments documents = await RefDocuments.OpenAsync(_gate.Prod.Manifest, _context.Context, CancellationToken.None))
        {
            foreach ((string run, int hours) in new[] { ("dead", -25), ("late", -1), ("alive", 1) })
            {
                ApprovalRequest request = Question().Request with { Run = run, Expires = _context.Context.Time.GetUtcNow().AddHours(hours) };
                await documents.WriteAsync(ApprovalRefs.Waiting("order", "prod", run), request.Write(), null, "test", CancellationToken.None);
                await _gate.PushAsync(request, "{}");
            }
        }

        Task<Approval> waiting = Start();
        await SayOwnAsync();
        await waiting;
        string[] left = await _gate.RefsAsync();
        Assert.DoesNotContain(left, name => name.Contains("/dead", StringComparison.Ordinal));
        foreach (string run in (string[])["late", "alive"])
            Assert.Equal(2, left.Count(name => name.Contains($"/prod/{run}", StringComparison.Ordinal)));

        async Task SayOwnAsync()
        {
            using RefDocuments documents = await RefDocuments.OpenAsync(_gate.Prod.Manifest, _gate.Context(id: "look").Context, CancellationToken.None);
            RefDocument? own;
            do
                own = await documents.FindAsync(ApprovalRefs.Waiting("order", "prod", _context.Run.Id), CancellationToken.None);
            while (own is null);
            await _gate.SayAsync(ApprovalRequest.TryRead(own.Text)!, _gate.Ann);
        }
    }

    [Fact]
    public async Task Approve_Refused_EndsWithWhoAndWhy()
    {
        Task<Approval> waiting = Start();
        await _gate.SayAsync(await _gate.WaitingAsync(), _gate.Ann, approved: false);
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(() => waiting);
        Assert.Equal(ApprovalFailure.Refused, error.Failure);
        Assert.StartsWith("ann@example.com refused order", error.What, StringComparison.Ordinal);
        Assert.Empty(await _gate.RefsAsync());
    }

    [Fact]
    public async Task Approve_RefusalAndApprovalTogether_RefusalWins()
    {
        ApprovalQuestion question = Question();
        string yes = await EnvelopeAsync(question.Request, _gate.Ann);
        Assert.NotNull((await CheckAsync(yes, question)).Decision);
        Task<Approval> waiting = Start();
        ApprovalRequest request = await _gate.WaitingAsync();
        await _gate.SayAsync(request, _gate.Ann, approved: false);
        await _gate.SayAsync(request, _gate.Ann);
        Assert.Equal(ApprovalFailure.Refused, (await Assert.ThrowsAsync<ApprovalException>(() => waiting)).Failure);
    }

    [Fact]
    public async Task Approve_BadOnesFirst_AreReportedAndIgnored()
    {
        Task<Approval> waiting = Start();
        ApprovalRequest request = await _gate.WaitingAsync();
        await _gate.PushAsync(request, "{}");
        await _gate.SayAsync(request, _gate.Mallory);
        await _gate.SayAsync(request, _gate.Ann);
        Assert.Equal("ann@example.com", (await waiting).ApprovedBy);
        Assert.True(_context.LogText.Contains("does not count and is ignored", StringComparison.Ordinal) || _context.Log.All(line => line.Level != LogLevel.Warning));
    }

    public static TheoryData<string> Cheats => ["digest", "environment", "app", "nonce", "run", "expired", "too long", "stolen name", "not a signer", "tampered", "nothing"];

    [Theory]
    [MemberData(nameof(Cheats))]
    public async Task Check_Cheat_DoesNotCount(string cheat)
    {
        ApprovalQuestion question = Question();
        ApprovalRequest request = question.Request;
        string document = cheat switch
        {
            "digest" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Digest = "sha256:" + new string('b', 64) }),
            "environment" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Environment = "staging" }),
            "app" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { App = "payment" }),
            "nonce" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Nonce = "0" }),
            "run" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Run = "an-earlier-run" }),
            "expired" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Expires = question.Context.Time.GetUtcNow() }),
            "too long" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Expires = request.Expires.AddDays(1) }),
            "stolen name" => await EnvelopeAsync(request, _gate.Mallory, verdict => verdict with { By = "ann@example.com" }),
            "not a signer" => await EnvelopeAsync(request, _gate.Mallory),
            "tampered" => await EnvelopeAsync(request, _gate.Ann, verdict => verdict with { Approved = false }, text => text.Replace("\"refuse\"", "\"approve\"", StringComparison.Ordinal)),
            _ => "nothing",
        };
        (ApprovalDecision? decision, string? problem) = await CheckAsync(document, question);
        Assert.Null(decision);
        string expected = cheat switch
        {
            "digest" => "another digest",
            "environment" => "for the environment 'staging'",
            "app" => "for the app 'payment'",
            "nonce" or "run" => "answers another request",
            "expired" or "too long" => "has expired, or lasts longer than was asked",
            "nothing" => "no signed verdict",
            "not a signer" => "its signature is not good for 'mallory@example.com'",
            _ => "its signature is not good for 'ann@example.com'",
        };
        Assert.Contains(expected, problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SignerWhoMayNot_DoesNotCount()
    {
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Approvers = ["dora"] } };
        ApprovalQuestion question = Question();
        Assert.Contains("ann@example.com may not approve; those who may: dora", (await CheckAsync(await EnvelopeAsync(question.Request, _gate.Ann), question)).Problem, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Check_SignersClockIsFarOff_OursIsRecorded()
    {
        ApprovalQuestion question = Question();
        DateTimeOffset now = question.Context.Time.GetUtcNow();
        (ApprovalDecision? decision, _) = await CheckAsync(await EnvelopeAsync(question.Request, _gate.Ann, verdict => verdict with { At = now.AddDays(-400) }), question);
        Assert.Equal(now, decision!.At);
        Assert.Contains("ours is recorded", _context.LogText, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_NobodyInTime_ExpiresAndTakesTheRequestAway()
    {
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Timeout = TimeSpan.FromMinutes(2) } };
        _context = _gate.Context(new SteppingTime { MovesOn = true });
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(Start);
        Assert.Equal(ApprovalFailure.Expired, error.Failure);
        Assert.StartsWith($"Nobody approved order {Gate.Tag} for 'prod' within 2 min.", error.What, StringComparison.Ordinal);
        Assert.Empty(await _gate.RefsAsync());
    }

    [Fact]
    public async Task Approve_VerdictAfterTheTime_LetsNeitherThatRunGoOnNorTheNext()
    {
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Timeout = TimeSpan.FromMinutes(2) } };
        var time = new SteppingTime { MovesOn = true };
        _context = _gate.Context(time);
        ApprovalQuestion question = Question() with { Environment = _gate.Prod };
        ApprovalRequest expired = question.Request with { Expires = question.Request.Since.AddMinutes(2) };
        await Assert.ThrowsAsync<ApprovalException>(() => new SignedApproval().DecideAsync(question with { Request = expired }, CancellationToken.None));

        await _gate.SayAsync(expired, _gate.Ann, verdict => verdict with { At = expired.Expires.AddSeconds(10) }); // too late; the run's ref is gone, the verdict's is there
        ApprovalException error = await Assert.ThrowsAsync<ApprovalException>(Start); // the same run goes on, and asks anew
        Assert.Equal(ApprovalFailure.Expired, error.Failure);
        Assert.Contains("does not count and is ignored: it answers another request", _context.LogText, StringComparison.Ordinal);
        Assert.Empty(await _gate.RefsAsync());
    }

    [Fact]
    public async Task Approve_ClockJumpsPastTheEnd_Expires()
    {
        var time = new SteppingTime { JumpAfterFirstWait = TimeSpan.FromDays(3) };
        _context = _gate.Context(time);
        Assert.Equal(ApprovalFailure.Expired, (await Assert.ThrowsAsync<ApprovalException>(Start)).Failure);
    }

    [Fact]
    public async Task Approve_ClockJumpsBack_TheVerdictStillCounts()
    {
        var time = new SteppingTime { JumpAfterFirstWait = TimeSpan.FromDays(-3) };
        _context = _gate.Context(time);
        Task<Approval> waiting = Start();
        await _gate.SayAsync(await _gate.WaitingAsync(), _gate.Ann);
        Assert.Equal("ann@example.com", (await waiting).ApprovedBy);
    }

    [Fact]
    public async Task Approve_SameRunGoesOn_KeepsItsRequest()
    {
        using var cancel = new CancellationTokenSource();
        var first = new SignedApproval();
        ApprovalQuestion question = Question();
        using (var documents = await Core.GitOps.RefDocuments.OpenAsync(_gate.Prod.Manifest, _context.Context, CancellationToken.None)) // what a killed run left
            await documents.WriteAsync(ApprovalRefs.Waiting("order", "prod", question.Request.Run), question.Request.Write(), null, "waits", CancellationToken.None);
        await _gate.SayAsync(question.Request, _gate.Ann); // while it was dead
        ApprovalDecision decision = await first.DecideAsync(question with { Request = question.Request with { Nonce = "new" } }, cancel.Token);
        Assert.Equal("ann@example.com", decision.By);
    }

    [Fact]
    public async Task Approve_NoSignersFile_SaysSoAtOnce()
    {
        _gate.Prod = _gate.Prod with { Approval = _gate.Prod.Approval with { Signers = new ApprovalSigners("approvals/alowed-signers") } };
        ManifestFileException error = await Assert.ThrowsAsync<ManifestFileException>(Start);
        Assert.Contains("Is 'approvals/allowed-signers' meant?", error.Advice, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Approve_KeyAddedOnAnotherBranch_DoesNotCount()
    {
        GitRepository work = await _gate.Manifests.CloneAsync(Path.Combine(_gate.Directory.Path, "mallory"));
        work.Write(Gate.Signers, _gate.Ann.Line + _gate.Mallory.Line);
        await work.CommitAsync("let me in");
        await work.RunAsync("push", "-q", "origin", "HEAD:refs/heads/feature");
        ApprovalQuestion question = Question();
        string allowed = await AllowedSigners.ReadAsync(_gate.Prod.Approval.Signers!, _gate.Prod.Manifest, _context.Context, CancellationToken.None);
        Assert.Equal(_gate.Ann.Line, allowed);
        Assert.NotNull((await CheckAsync(await EnvelopeAsync(question.Request, _gate.Mallory), question)).Problem);
    }

    private Task<Approval> Start() => new Core.Approve(_gate.Prod).RunAsync(Gate.Proven(), _context.Context, CancellationToken.None);

    private ApprovalQuestion Question()
    {
        DateTimeOffset now = _context.Context.Time.GetUtcNow();
        return new ApprovalQuestion
        {
            Environment = _gate.Prod,
            Context = _context.Context,
            Rules = new ApproverRules(_gate.Prod.Approval, [], null),
            Request = new ApprovalRequest("order", "prod", Gate.Digest, _context.Run.Id, "5eed", now, now.AddHours(24)) { Tag = Gate.Tag, Commit = Gate.Tag, Summary = "order" },
        };
    }

    private static async Task<string> EnvelopeAsync(ApprovalRequest request, Signer signer, Func<ApprovalVerdict, ApprovalVerdict>? change = null, Func<string, string>? tamper = null)
    {
        var verdict = new ApprovalVerdict(request.App, request.Environment, request.Digest, request.Run, request.Nonce, true, signer.Name, "tested", request.Since.AddSeconds(1), request.Expires);
        string text = (change?.Invoke(verdict) ?? verdict).Write();
        string signature = await signer.SignAsync(text, ApprovalVerdict.Purpose);
        return ApprovalVerdict.Envelope(tamper?.Invoke(text) ?? text, signature);
    }

    private async Task<(ApprovalDecision? Decision, string? Problem)> CheckAsync(string document, ApprovalQuestion question) =>
        await SignedApproval.CheckAsync(document, _gate.Ann.Line, question, CancellationToken.None);
}
