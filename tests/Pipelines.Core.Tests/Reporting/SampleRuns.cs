namespace Pipelines.Core.Tests.Reporting;

/// <summary>Whole runs of a deploy, as the template makes them, for looking at reports.</summary>
internal static class SampleRuns
{
    public static RunInfo Info(string directory) => FakeRun.Info(directory) with
    {
        Source = new SourceRevision("3f2a9c1b7d4e5f60718293a4b5c6d7e8f9012345", "main", "https://git.example.com/shop/order-service.git", [], "3f2a9c1b7d4e5f60718293a4b5c6d7e8f9012345", FakeRun.Start),
        Actor = "alice",
    };

    /// <summary>A deploy whose smoke test fails and whose manifest commit is taken back; or one that goes well.</summary>
    public static void Deploy(RunInfo info, bool fails, params IRunObserver[] observers)
    {
        var plan = new PlanOf("order-service");
        PlannedStage source = plan.Add("check source", kind: "CheckSource", description: "the checkout is clean and has a commit");
        PlannedStage lint = plan.Add("lint", [source], kind: "Flake8", description: "flake8 src/");
        PlannedStage tests = plan.Add("unit tests", [source], kind: "PythonTests", output: "TestResults", description: "pytest tests/, at least 80 % of lines covered");
        PlannedStage build = plan.Add("build image", [source], kind: "DockerBuild", output: "BuiltImage", description: "docker buildx build .", attempts: 3);
        PlannedStage scan = plan.Add("scan image", [build], kind: "TrivyImageScan", output: "ScannedImage", description: "trivy image, blocks HIGH and above that have a fix");
        PlannedStage push = plan.Add("push image", [scan], [tests, lint], kind: "PushImage", output: "PublishedImage", attempts: 3);
        PlannedStage deploy = plan.Add("deploy staging", [push], kind: "DeployManifest", output: "Deployment", environment: "staging", undoable: true, locks: ["environment/staging"], conditions: [Condition.Branch("main")]);
        PlannedStage smoke = plan.Add("smoke staging", [deploy], kind: "SmokeTest", output: "ProvenDeployment", description: "GET https://staging.example.com/health must answer 200", environment: "staging", timeout: TimeSpan.FromMinutes(2));
        PlannedStage promote = plan.Add("open promotion", [smoke], conditions: [Condition.OnCi]);
        PlannedStage notice = plan.Add("notify", after: [smoke], kind: "Notice", always: true);

        const string tag = "3f2a9c1b7d4e5f60718293a4b5c6d7e8f9012345";
        FakeRun run = new FakeRun(plan.Plan, info, observers)
            .Begin(source).At(0.08).Log(source, "on main at 3f2a9c1b7d").End(source, critical: 0.01)
            .Begin(lint).Begin(tests).Begin(build).At(0.2);
        for (int step = 1; step <= 9; step++)
            run.Log(build, $"#{step} [{step}/9] RUN step {step}").Log(tests, $"tests/test_orders.py::test_{step} PASSED").At(0.2 + step * 0.1);
        run.At(0.9).Log(lint, "src/app.py:12:80: E501 line too long (88 > 79 characters)", LogLevel.Warning).End(lint)
            .At(1.2).Retry(build, 1, "registry.example.com answered 429 Too Many Requests").At(2.1).Log(build, "exporting layers 0.4s done")
            .At(2.4).Report(tests, new StageReport.Tests(new TestResults(41, 0, 2, TimeSpan.FromSeconds(2.1), []) { Coverage = 0.873 })).Fact(tests, "tests", "41 passed, 2 skipped, 87 % covered").End(tests)
            .At(3.1).Fact(build, "image", "registry.example.com/order-service:3f2a9c1b7d").End(build, critical: 0.44).Begin(scan)
            .At(4.3).Report(scan, new StageReport.Scan(new ScanResult("trivy 0.58.1", [new("CVE-2024-1234", Severity.High, "libssl3", "3.0.11", null, "openssl: excessive memory use", "debian 12"), new("CVE-2023-9999", Severity.Medium, "zlib1g", "1.2.13", "1.2.14", "zlib: overflow in minizip", "debian 12")], [], [])))
            .Fact(scan, "scan", "1 HIGH without a fix, 1 MEDIUM").End(scan, critical: 0.17).At(4.5).Begin(push).At(5.0).Log(push, "pushed 3 layers, 2 were there already").Fact(push, "digest", "sha256:9b2cf0d4a5e6b7c8d9e0f1a2b3c4d5e6f708192a3b4c5d6e7f8091a2b3c4d5e6").Fact(push, "tag", tag).End(push, critical: 0.07)
            .Begin(deploy).Fact(deploy, "environment", "staging").Fact(deploy, "tag", tag).Fact(deploy, "previous tag", "77aa01c2d9").Fact(deploy, "manifest commit", "c0ffee1").Log(deploy, "committed c0ffee1: ci: update order-service to 3f2a9c1b7d [skip ci]", LogLevel.Info)
            .At(5.9).Fact(deploy, "argo cd", "Healthy at c0ffee1").End(deploy, critical: 0.13).Begin(smoke);
        if (fails)
        {
            run.At(6.4).Log(smoke, "GET https://staging.example.com/health → 503 (12 ms)").At(6.9).Log(smoke, "GET https://staging.example.com/health → 503 (9 ms)", LogLevel.Error)
                .Fact(smoke, "smoke test", "503 after 5 tries")
                .Fail(smoke, "https://staging.example.com/health did not answer 200 within 10 s.", "tried 5 times; the last answer was 503 Service Unavailable after 9 ms:\n  {\"status\":\"starting\",\"db\":\"connection refused\"}", "Look at the pods of order-service in staging (Argo CD application order-service-staging), or raise SmokeTest.Timeout if it only starts slowly.", critical: 0.14)
                .Skip(promote, new SkipCause.Dependency("smoke staging", "failed"))
                .At(7.0).Undo(deploy, "smoke staging", new UndoReport(true, "Reverted manifest commit c0ffee1 by d00d1e5; Argo CD is Healthy at d00d1e5; staging runs 77aa01c2d9 again."), seconds: 0.8);
        }
        else
        {
            run.At(6.4).Log(smoke, "GET https://staging.example.com/health → 200 (41 ms)").Fact(smoke, "smoke test", "200 in 41 ms").End(smoke, critical: 0.1).Skip(promote, new SkipCause.Condition("the run is on a CI system"));
        }

        run.Begin(notice).At(fails ? 7.95 : 6.5).End(notice, critical: 0.02).Finish();
    }
}
