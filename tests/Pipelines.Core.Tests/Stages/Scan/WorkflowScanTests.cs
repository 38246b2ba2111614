using Pipelines.Core.Stages.Scan;

namespace Pipelines.Core.Tests.Stages.Scan;

public class WorkflowScanTests
{
    [Theory]
    [InlineData("      - run: printenv")]
    [InlineData("    - env")]
    [InlineData("          env | sort")]
    [InlineData("  run: env > env.txt")]
    [InlineData("sh 'printenv'")]
    [InlineData("  sh \"env\"")]
    [InlineData("make && printenv")]
    [InlineData("RUN env")]
    [InlineData("printenv DB_PASSWORD")]
    [InlineData("export -p")]
    [InlineData("  run: Get-ChildItem env:")]
    public void Find_PrintsTheEnvironment_IsFound(string line) => Assert.Equal(["ci-prints-environment"], Rules(line));

    [Theory]
    [InlineData("    env:")]
    [InlineData("      - env:")]
    [InlineData("env FOO=1 make")]
    [InlineData("#!/usr/bin/env bash")]
    [InlineData("printenv PATH")]
    [InlineData("  run: source .env")]
    [InlineData("# printenv")]
    [InlineData("environment: production")]
    [InlineData("pip install python-dotenv")]
    [InlineData("export PATH=$PATH:/opt/bin")]
    [InlineData("printenvironment")]
    public void Find_OtherUseOfEnv_IsNone(string line) => Assert.Empty(Rules(line));

    [Theory]
    [InlineData("set -x")]
    [InlineData("  - set -euxo pipefail")]
    [InlineData("set -e -o xtrace")]
    [InlineData("  run: bash -x deploy.sh")]
    [InlineData("sh 'set -x; make'")]
    [InlineData("#!/bin/bash -ex")]
    public void Find_ShellTrace_IsFound(string line) => Assert.Equal(["ci-shell-trace"], Rules(line));

    [Theory]
    [InlineData("set -euo pipefail")]
    [InlineData("set +x")]
    [InlineData("bash -e x.sh")]
    [InlineData("tar -x")]
    [InlineData("#!/bin/bash -e")]
    public void Find_OtherShellOptions_IsNone(string line) => Assert.Empty(Rules(line));

    [Theory]
    [InlineData("echo $DB_PASSWORD")]
    [InlineData("  - run: echo \"token is ${API_TOKEN}\"")]
    [InlineData("echo ${{ secrets.STRIPE_SECRET }}")]
    [InlineData("printf '%s' \"$NPM_TOKEN\"")]
    [InlineData("Write-Host $env:API_KEY")]
    [InlineData("echo $TOKEN | base64")]
    [InlineData("echo $TOKEN | tee token.txt")]
    [InlineData("echo $TOKEN >&2")]
    [InlineData("make && echo %API_TOKEN%")]
    public void Find_EchoOfASecret_IsFound(string line) => Assert.Equal(["ci-prints-secret"], Rules(line));

    [Theory]
    [InlineData("echo \"$DOCKER_PASSWORD\" | docker login --username app --password-stdin")]
    [InlineData("echo \"::add-mask::$API_TOKEN\"")]
    [InlineData("echo \"$API_TOKEN\" > token.txt")]
    [InlineData("echo $VERSION")]
    [InlineData("echo \\$DB_PASSWORD")]
    [InlineData("echo \"set DB_PASSWORD first\"")]
    [InlineData("echo ${#DB_PASSWORD}")]
    [InlineData("echo ${DB_PASSWORD:+is set}")]
    [InlineData("echo done; deploy $API_TOKEN_FILE")]
    public void Find_EchoWithoutASecret_IsNone(string line) => Assert.Empty(Rules(line));

    [Theory]
    [InlineData("docker build --build-arg NPM_TOKEN=$NPM_TOKEN .")]
    [InlineData("docker build --build-arg=GITHUB_TOKEN .")]
    [InlineData("  sh \"docker build --build-arg 'DB_PASSWORD=x' .\"")]
    public void Find_BuildArgumentWithASecretsName_IsFound(string line) => Assert.Equal(["ci-secret-build-arg"], Rules(line));

    [Fact]
    public void Find_BuildArgumentsOfTheDockerAction_AreFound()
    {
        IReadOnlyList<SourceFinding> findings = WorkflowScan.Find(
            "        with:\n          build-args: |\n            VERSION=1\n            NPM_TOKEN=${{ secrets.NPM }}\n          secrets: |\n            NPM_TOKEN=${{ secrets.NPM }}\n", ".github/workflows/ci.yml", WorkflowKind.Workflow);
        SourceFinding finding = Assert.Single(findings);
        Assert.Equal(("ci-secret-build-arg", 4, 13), (finding.Rule, finding.Line, finding.Column));
    }

    [Theory]
    [InlineData("docker build --build-arg VERSION=1 .")]
    [InlineData("docker build --secret id=NPM_TOKEN .")]
    [InlineData("docker build --build-arg TOKEN_FILE=/x .")]
    public void Find_OtherBuildArgument_IsNone(string line) => Assert.Empty(Rules(line));

    [Theory]
    [InlineData("ARG NPM_TOKEN")]
    [InlineData("ENV DB_PASSWORD=x")]
    [InlineData("ENV DB_PASSWORD x")]
    [InlineData("ENV PORT=80 API_KEY=y")]
    public void Find_DockerfileVariableWithASecretsName_IsFound(string line) =>
        Assert.Equal(["dockerfile-secret-variable"], WorkflowScan.Find(line, "Dockerfile", WorkflowKind.Dockerfile).Select(finding => finding.Rule));

    [Theory]
    [InlineData("ARG VERSION")]
    [InlineData("ENV DB_PASSWORD_FILE=/run/secrets/db")]
    [InlineData("ENV HELP use a token here")]
    [InlineData("RUN --mount=type=secret,id=NPM_TOKEN npm ci")]
    public void Find_OtherDockerfileLine_IsNone(string line) => Assert.Empty(WorkflowScan.Find(line, "Dockerfile", WorkflowKind.Dockerfile));

    [Theory]
    [InlineData(".github/workflows/ci.yml", "Workflow")]
    [InlineData("services/a/.github/workflows/ci.yaml", "Workflow")]
    [InlineData(".gitlab-ci.yml", "Workflow")]
    [InlineData("Jenkinsfile", "Workflow")]
    [InlineData("ci/Jenkinsfile.release", "Workflow")]
    [InlineData("buildspec.yml", "Workflow")]
    [InlineData(".ci/run", "Workflow")]
    [InlineData("Dockerfile", "Dockerfile")]
    [InlineData("app/Dockerfile.dev", "Dockerfile")]
    [InlineData("scripts/deploy.sh", "Script")]
    [InlineData("docker-compose.yml", "None")]
    [InlineData("docs/Dockerfile-tips.md", "None")]
    public void KindOf_Path_TellsWhatItIs(string path, string kind) => Assert.Equal(kind, WorkflowFile.KindOf(path).ToString());

    [Fact]
    public void Find_LineMadeToBacktrack_EndsInTime() =>
        Assert.Empty(WorkflowScan.Find("ENV " + string.Concat(Enumerable.Repeat("a ; - sh ", 200)), "Dockerfile", WorkflowKind.Dockerfile).Where(finding => finding.Rule == "ci-prints-environment"));

    private static string[] Rules(string line) => [.. WorkflowScan.Find(line, ".github/workflows/ci.yml", WorkflowKind.Workflow).Select(finding => finding.Rule)];
}
